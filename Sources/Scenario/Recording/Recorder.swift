import FakeKubernetes
import KubernetesAPI
import SimulationKernel

/// Fills a recording while a run goes on.
///
/// It only looks: it schedules no event, draws no random number and changes nothing, so that a run
/// has the same digest with it and without.
final class Recorder {
  private let scenario: ScenarioFile
  private let simulation: Simulation
  private let observations: Observations
  private var services: [ServiceRecording]
  private var nodes: [NodeRecording]
  private var pods = PodRecorder()
  private var marks = MarkRecorder()
  /// Per service: hash, uid and readiness of the pods that exist, by uid.
  private var living: [[String: (revision: String, isReady: Bool)]]
  private var registrations: [Observation] = []
  /// How many changes of the services were there when they were looked at.
  private var changesSeen = -1

  init(_ world: SimulatedWorld) {
    scenario = world.scenario
    simulation = world.simulation
    observations = world.observations
    services = observations.services.map { ServiceRecording(service: $0) }
    living = services.map { _ in [:] }
    nodes = scenario.cluster.nodes.map { NodeRecording(name: $0.name) }
    let server = world.cluster.server
    registrations = [
      server.observe(Pod.self) { [weak self] in self?.changed($0) },
      server.observe(ReplicaSet.self) { [weak self] in self?.changed($0) },
      server.observe(HorizontalPodAutoscaler.self) { [weak self] in self?.changed($0) },
      server.observe(Deployment.self) { [weak self] in self?.changed($0) },
      server.observe(Node.self) { [weak self] in self?.changed($0) },
      server.observe(Event.self) { [weak self] change in
        if change.kind != .deleted { self?.pods.take(change.object) }
      },
    ]
  }

  /// Looks at the services after an event, as the checks do.
  func look() {
    if changesSeen == observations.changeCount { return }
    changesSeen = observations.changeCount
    let now = simulation.now
    for index in services.indices {
      let state = observations.state(services[index].service)
      services[index].desired.note(state.desired, at: now)
      services[index].replicas.note(state.replicas, at: now)
      services[index].updated.note(state.updated, at: now)
      services[index].ready.note(state.ready, at: now)
      services[index].available.note(state.available, at: now)
      services[index].utilisationPercent.note(state.utilisationPercent, at: now)
      services[index].rollout.note(state.rollout.rawValue, at: now)
      services[index].assignedModel.note(state.assignedModel, at: now)
    }
  }

  /// Notes an entry of the timeline as it happens.
  func happened(_ entry: TimelineEntry) { marks.take(entry, at: simulation.now) }

  /// Ends the recording.
  ///
  /// - Parameters:
  ///   - story: Everything that was told.
  ///   - checks: How the checks came out.
  func finish(story: [StoryLine], checks: [CheckReport], moments: Moments) -> Recording {
    for registration in registrations { registration.cancel() }
    look()
    let end = simulation.now
    for index in services.indices {
      let service = services[index].service
      services[index].requests = RequestBuckets(
        ended: observations.requests(service), open: observations.openRequests(service),
        until: end)
    }
    for check in checks {
      guard case .failed(let time, let seen) = check.outcome else { continue }
      marks.append(
        Mark(
          kind: .check, name: check.check.text, label: "\(check.check.text), seen \(seen)",
          service: check.check.condition.service, from: time))
    }
    let phases = scenario.phases.compactMap { phase in
      moments.time(phase.from).flatMap { $0 <= end ? (phase.name, $0) : nil }
    }
    return Recording(
      epochSeconds: simulation.epochSeconds, end: end, services: services, nodes: nodes,
      pods: pods.pods, marks: marks.finish(at: end), phases: phases,
      story: Self.shortened(story), leftOut: leftOut(story))
  }

  private static func shortened(_ story: [StoryLine]) -> [StoryLine] {
    let half = RecordingLimits.storyLinesMax / 2
    return story.count <= 2 * half ? story : Array(story.prefix(half) + story.suffix(half))
  }

  private func leftOut(_ story: [StoryLine]) -> Recording.LeftOut {
    var leftOut = Recording.LeftOut()
    leftOut.storyLines = story.count - Self.shortened(story).count
    leftOut.pods = pods.leftOut
    leftOut.marks = marks.leftOut
    leftOut.changes =
      services.reduce(0) { $0 + $1.changesLeftOut } + pods.pods.reduce(0) { $0 + $1.leftOut }
      + nodes.reduce(0) { $0 + $1.ready.leftOut }
    return leftOut
  }

  // MARK: Changes in the cluster

  private func place(of metadata: ObjectMeta) -> Int? {
    guard let application = metadata.labels["app"] else { return nil }
    let reference = ServiceReference(application: application, level: metadata.namespace)
    return services.firstIndex { $0.service == reference }
  }

  private func changed(_ change: TypedChange<Pod>) {
    let pod = change.object
    guard let place = place(of: pod.metadata) else { return }
    pods.take(change, of: services[place].service, at: simulation.now)
    let hash = pod.metadata.labels["pod-template-hash"] ?? ""
    living[place][pod.metadata.uid] =
      change.kind == .deleted
      ? nil : (hash, pod.isReady && pod.metadata.deletionTimestamp == nil)
    guard let index = services[place].revisions.firstIndex(where: { $0.hash == hash }) else {
      return
    }
    let pods = living[place].values.lazy.filter { $0.revision == hash }
    services[place].revisions[index].pods.note(pods.count, at: simulation.now)
    services[place].revisions[index].ready.note(pods.count(where: \.isReady), at: simulation.now)
  }

  private func changed(_ change: TypedChange<ReplicaSet>) {
    let metadata = change.object.metadata
    guard let place = place(of: metadata), let hash = metadata.labels["pod-template-hash"] else {
      return
    }
    let number = Int(metadata.annotations["deployment.kubernetes.io/revision"] ?? "")
    if let index = services[place].revisions.firstIndex(where: { $0.hash == hash }) {
      services[place].revisions[index].number = number ?? services[place].revisions[index].number
    } else {
      services[place].revisions.append(RevisionRecording(hash: hash, number: number))
    }
  }

  private func changed(_ change: TypedChange<HorizontalPodAutoscaler>) {
    guard let place = place(of: change.object.metadata) else { return }
    let metric = change.object.spec.metrics.first { $0.resource?.name == "cpu" }
    let percent =
      change.kind == .deleted ? nil : metric?.resource?.target.averageUtilization.map { Int($0) }
    services[place].thresholdPercent.note(percent, at: simulation.now)
  }

  /// A service that is there from the start has no entry in the timeline, but a mark.
  private func changed(_ change: TypedChange<Deployment>) {
    guard change.kind == .added, let place = place(of: change.object.metadata) else { return }
    services[place].deployment = change.object.metadata.name
    let service = services[place].service
    let isOnTimeline = scenario.timeline.contains {
      if case .deploy(service) = $0.action { true } else { false }
    }
    if isOnTimeline { return }
    marks.append(
      Mark(
        kind: .action, name: "deploy", label: Action.deploy(service).words, service: service,
        from: simulation.now))
  }

  private func changed(_ change: TypedChange<Node>) {
    let name = change.object.metadata.name
    guard let place = nodes.firstIndex(where: { $0.name == name }) else { return }
    let ready = change.object.status.conditions.first { $0.type == "Ready" }
    nodes[place].ready.note(
      change.kind == .deleted ? nil : ready?.status.rawValue, at: simulation.now)
  }
}

extension ServiceRecording {
  /// Changes of values that the limit left out.
  fileprivate var changesLeftOut: Int {
    let counts = [
      desired, replicas, updated, ready, available, utilisationPercent, thresholdPercent,
    ]
    return counts.reduce(0) { $0 + $1.leftOut } + rollout.leftOut + assignedModel.leftOut
      + revisions.reduce(0) { $0 + $1.pods.leftOut + $1.ready.leftOut }
  }
}
