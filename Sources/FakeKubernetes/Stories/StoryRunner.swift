package import JSON
import KubernetesAPI
package import SimulationKernel

/// Runs a story on a cluster in virtual time.
package final class StoryRunner {
  package let story: Story
  package let simulation: Simulation
  package let cluster: FakeCluster
  package let nodes: ScriptedNodes
  package let pods: ScriptedPods
  package let metrics: ScriptedMetrics
  private let namespace = "story"
  private var podKeys: [ObjectKey] = []
  private var replicaSetKeys: [ObjectKey] = []
  /// Steps that the API server refused.
  package private(set) var refusals: [String] = []
  /// The rows that were seen, by facet; events with their counts at the end.
  package private(set) var seen: [String: [[JSONValue]]] = [:]

  /// From the registration of the nodes to the start.
  ///
  /// Nodes that die early in a story then do so about halfway between two renewals of their lease,
  /// every 7 s; the recordings' renewals came at any time.
  private static let settling = Duration.milliseconds(7500)

  /// Makes a runner; `phase` is how far into a second of the wall clock the story starts.
  ///
  /// The recordings do not tell theirs; controllers compute with whole seconds, so it matters.
  package init(_ story: Story, seed: UInt64 = 1, phase: Duration = .zero) throws {
    self.story = story
    simulation = Simulation(seed: seed)
    // Settling ends half a second into a second.
    try simulation.run(for: .milliseconds(500) + phase)
    var configuration = FakeCluster.Configuration()
    configuration.server.tracesWrites = false
    // The recordings' nodes came Ready and without a taint: a pod that waited for one that was added
    // at 12.0 s was bound at once (schedule-insufficient-cpu).
    configuration.server.taintsNewNodes = false
    Self.apply(story.settings, &configuration)
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    nodes = ScriptedNodes(server: cluster.server)
    let scripts = story.scripts
    let pods = ScriptedPods(server: cluster.server, nodes: nodes) { scripts[$0] ?? PodScript() }
    self.pods = pods
    metrics = ScriptedMetrics(server: cluster.server) { pods.ordinal($0) }
    cluster.metrics = metrics
  }

  /// Runs the story and returns the verdict on each of its facets.
  package func run() throws -> [StoryJudge.Verdict] {
    var space = Namespace()
    space.metadata.name = namespace
    try cluster.server.create(space)
    for node in story.nodes { try nodes.add(Self.node(node)) }
    try simulation.run(for: Self.settling)
    let recorder = StoryRecorder(server: cluster.server, namespace: namespace)
    cluster.server.observe { [weak self] change in
      guard change.kind == .added else { return }
      if change.resource == Pod.resource { self?.podKeys.append(change.key) }
      if change.resource == ReplicaSet.resource { self?.replicaSetKeys.append(change.key) }
    }
    for step in story.timeline {
      simulation.schedule(after: step.at) { [weak self] in self?.perform(step) }
    }
    let spread = story.spread.values.max() ?? 0
    try simulation.run(for: story.until)
    let atEnd = recorder.eventRows()
    try simulation.run(for: .seconds(1) + Story.duration(spread))
    let judge = StoryJudge(story)
    seen = recorder.rows.merging(atEnd) { $1 }
    let first = judge.judge(seen)
    let later = judge.judge(recorder.rows.merging(recorder.eventRows()) { $1 })
    return zip(first, later).map { $1.hasPassed ? $1 : $0 }
  }

  /// Flags of the controller manager.
  private static func apply(
    _ settings: [String: String], _ configuration: inout FakeCluster.Configuration
  ) {
    func seconds(_ key: String, _ standard: Duration) -> Duration {
      guard let text = settings[key], text.hasSuffix("s"), let number = Int(text.dropLast())
      else { return standard }
      return .seconds(number)
    }
    var nodes = configuration.nodeLifecycle
    nodes.monitorPeriod = seconds("node-monitor-period", nodes.monitorPeriod)
    nodes.gracePeriod = seconds("node-monitor-grace-period", nodes.gracePeriod)
    nodes.startupGracePeriod = seconds("node-startup-grace-period", nodes.startupGracePeriod)
    configuration.nodeLifecycle = nodes
    let prefix = "horizontal-pod-autoscaler-"
    var autoscaler = configuration.autoscaler
    autoscaler.syncPeriod = seconds(prefix + "sync-period", autoscaler.syncPeriod)
    autoscaler.downscaleStabilization = seconds(
      prefix + "downscale-stabilization", autoscaler.downscaleStabilization)
    autoscaler.cpuInitializationPeriod = seconds(
      prefix + "cpu-initialization-period", autoscaler.cpuInitializationPeriod)
    autoscaler.initialReadinessDelay = seconds(
      prefix + "initial-readiness-delay", autoscaler.initialReadinessDelay)
    configuration.autoscaler = autoscaler
  }

  private static func node(_ json: JSONValue) throws -> Node {
    let name = json["name"]?.stringValue ?? ""
    var node = Node()
    node.metadata.name = name
    node.metadata.labels = [
      "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
      "topology.kubernetes.io/zone": "z1", "topology.kubernetes.io/region": "r1",
    ]
    for (key, value) in json["labels"]?.objectValue ?? [:] {
      node.metadata.labels[key] = value.stringValue
    }
    for (resource, standard) in [("cpu", "32"), ("memory", "64Gi"), ("pods", "110")] {
      let text = json[resource].map { $0.stringValue ?? $0.text() } ?? standard
      node.status.capacity[resource] = Quantity(text)
    }
    for taint in json["taints"]?.arrayValue ?? [] {
      node.spec.taints.append(try Taint(json: taint))
    }
    node.spec.unschedulable = json["unschedulable"]?.boolValue ?? false
    return node
  }

  private func perform(_ step: Story.Step) {
    do {
      try act(step)
    } catch {
      refusals.append("\(step.action) at \(step.at): \(error)")
    }
  }

  private func act(_ step: Story.Step) throws {
    let fields = step.fields
    let name = fields["name"]?.stringValue ?? ""
    let kind = fields["kind"]?.stringValue ?? ""
    let server = cluster.server
    switch step.action {
    case "create": _ = try server.create(fields["object"] ?? .null, namespace: namespace).get()
    case "patch":
      _ = try server.patch(
        kind, namespace: namespace, name: name, fields["patch"] ?? .null
      ).get()
    case "delete":
      let policy = fields["propagationPolicy"]?.stringValue.flatMap(PropagationPolicy.init)
      _ = try server.delete(
        kind, namespace: namespace, name: name,
        options: DeleteOptions(propagationPolicy: policy ?? .background)
      ).get()
    case "delete-pod": try deleteNth("pods", podKeys, fields)
    case "delete-replicaset": try deleteNth("replicasets.apps", replicaSetKeys, fields)
    case "relabel-pod":
      guard let key = nth(podKeys, fields) else { return }
      _ = try server.patch(
        "pods", namespace: key.namespace, name: key.name, type: .merge,
        ["metadata": ["labels": fields["labels"] ?? [:]]]
      ).get()
    case "delete-namespace":
      _ = try server.delete("namespaces", namespace: "", name: namespace).get()
    case "node": nodes.setAlive(name, fields["alive"]?.boolValue ?? true)
    case "metrics": metrics.set(fields["metrics"] ?? [:])
    case "add-node": try nodes.add(Self.node(fields["node"] ?? .null))
    case "delete-node": try nodes.remove(name)
    default: throw ScriptError("unknown action \"\(step.action)\"")
    }
  }

  private func nth(_ keys: [ObjectKey], _ fields: JSONValue) -> ObjectKey? {
    guard let ordinal = fields["ordinal"]?.intValue, keys.indices.contains(ordinal - 1) else {
      return nil
    }
    return keys[ordinal - 1]
  }

  /// Deletes the nth object; one that has gone already is no failure.
  private func deleteNth(_ kind: String, _ keys: [ObjectKey], _ fields: JSONValue) throws {
    guard let key = nth(keys, fields) else { return }
    let result = cluster.server.delete(kind, namespace: key.namespace, name: key.name)
    if case .failure(let error) = result, !error.isNotFound { throw error }
  }
}
