import FakeKubernetes
import KubernetesAPI
import Scenario
import SimulationKernel

/// What one can see of the world; values that do not change any more.
extension Rehearsal {
  /// What a service shows now, by `application/level`.
  ///
  /// - Precondition: There is such a service; `service(_:)` throws instead.
  public subscript(service: String) -> ServiceView {
    do { return try self.service(service) } catch { preconditionFailure("\(error)") }
  }

  /// What a service shows now, by `application/level`.
  ///
  /// - Throws: `RehearsalError` if there is none.
  public func service(_ name: String) throws -> ServiceView {
    let reference = try reference(name)
    return ServiceView(name: name, observations.state(reference))
  }

  /// What every service shows now, in the order of the scenario.
  public var services: [ServiceView] {
    observations.services.map { ServiceView(name: $0.description, observations.state($0)) }
  }

  /// What became of a service's requests that were to be sent in a window and have ended.
  ///
  /// - Parameters:
  ///   - service: The service as `application/level`.
  ///   - start: The window's start, since the story's start.
  ///   - end: The window's end; nil: now.
  /// - Throws: `RehearsalError` if there is no such service.
  public func requests(
    _ service: String, from start: Duration = .zero, to end: Duration? = nil
  ) throws -> RequestsView {
    var tally = RequestTally()
    let until = end ?? now
    tally.take(
      observations.requests(try reference(service)), from: .zero + start, until: .zero + until)
    return RequestsView(tally, over: min(until, now) - start)
  }

  /// The pods, by namespace and name.
  public var pods: [PodView] { objects.pods }

  /// The pods of a service, by name.
  ///
  /// - Throws: `RehearsalError` if there is no such service.
  public func pods(of service: String) throws -> [PodView] {
    _ = try reference(service)
    return pods.filter { $0.service == service }
  }

  /// The machines, by name.
  public var nodes: [NodeView] { objects.nodes }

  /// What the cluster tells of its objects, in order; events older than an hour are forgotten.
  public var events: [EventView] { objects.events }

  /// Every line that a service's pods have logged, those included that are gone.
  ///
  /// - Parameter name: `application/level`, or the name of one pod.
  /// - Throws: `RehearsalError` if there is neither such a service nor such a pod.
  public func logs(of name: String) throws -> [LogView] {
    let lines = observations.logLines.filter { $0.service.description == name || $0.pod == name }
    if lines.isEmpty, !pods.contains(where: { $0.name == name }) { _ = try reference(name) }
    return lines.map(LogView.init)
  }
}

/// The objects of the cluster at one moment.
struct Objects {
  let pods: [PodView]
  let nodes: [NodeView]
  let events: [EventView]

  init(_ runner: ScenarioRunner) {
    let revisions = Dictionary(
      runner.objects(ReplicaSet.self).map { ($0.metadata.uid, PodView.revision($0.metadata)) },
      uniquingKeysWith: { $1 })
    let pods = runner.objects(Pod.self)
    self.pods = pods.map { pod in
      PodView(pod, revision: pod.metadata.controller.flatMap { revisions[$0.uid] } ?? nil)
    }
    nodes = runner.objects(Node.self).map { node in
      NodeView(
        node, podCount: pods.count { $0.spec.nodeName == node.metadata.name && !$0.isTerminal })
    }
    events = runner.objects(Event.self).map(EventView.init).sorted {
      ($0.wallSeconds, $0.object, $0.reason) < ($1.wallSeconds, $1.object, $1.reason)
    }
  }
}
