import JSON
import KubernetesAPI
import SimulationKernel

/// Watches a pod and its node and writes down what the kubelet's recordings write down.
final class KubeletStoryRecorder {
  private struct SeenEvent {
    var key: ObjectKey
    var times: [Double]
    var event: Event
  }

  private let server: APIServer
  private let start: SimulationTime
  private(set) var names = KubeletStoryNames()
  /// The rows of each facet so far; the first value of a row is seconds since the start.
  private var rows: [String: [[JSONValue]]] = [:]
  private var events: [SeenEvent] = []
  private var nodeEvents: [SeenEvent] = []
  private var lastPod: (seconds: Double, pod: Pod)?
  private var lastNode: (seconds: Double, node: Node)?

  init(server: APIServer) {
    self.server = server
    start = server.simulation.now
    server.observe(Pod.self) { [weak self] in self?.podChanged($0) }
    server.observe(Event.self) { [weak self] in self?.eventChanged($0) }
    server.observe(Node.self) { [weak self] in self?.nodeChanged($0) }
  }

  private var seconds: Double {
    Double(server.simulation.now.nanoseconds - start.nanoseconds) / 1e9
  }

  /// Adds a row unless the facet's last row says the same.
  private func add(_ facet: String, _ values: [JSONValue]) {
    if let last = rows[facet]?.last, Array(last.dropFirst()) == values { return }
    addAlways(facet, values)
  }

  private func addAlways(_ facet: String, _ values: [JSONValue]) {
    rows[facet, default: []].append([.number(seconds)] + values)
  }

  private func text(_ text: String) -> JSONValue {
    text.isEmpty ? .null : .string(names.emptied(text))
  }

  // MARK: - The pod

  private func podChanged(_ change: TypedChange<Pod>) {
    let pod = change.object
    guard pod.metadata.name == "pod" else { return }
    names.uid = pod.metadata.uid
    if !pod.status.podIP.isEmpty { names.podIP = pod.status.podIP }
    lastPod = (seconds, pod)
    addAlways("object", [names.emptied(pod.json["status"] ?? [:])])
    if change.kind == .deleted { addAlways("deleted", []) }
    if let grace = pod.metadata.deletionGracePeriodSeconds { add("marked", [.integer(grace)]) }
    let status = pod.status
    add(
      "generation",
      [
        .integer(pod.metadata.generation),
        status.observedGeneration == 0 ? .null : .integer(status.observedGeneration),
      ])
    addStatus(pod)
    addConditions("conditions/", status.conditions)
    for container in status.initContainerStatuses + status.containerStatuses {
      addContainer(container)
    }
  }

  private func addStatus(_ pod: Pod) {
    let status = pod.status
    let conditions = status.conditions.sorted { $0.type < $1.type }
      .map { ($0.type, JSONValue.string($0.status.rawValue)) }
    let containers = (status.initContainerStatuses + status.containerStatuses)
      .map { ($0.name, Self.summary($0)) }
    var row: [JSONValue] = [
      .string(status.phase), .object(JSONObject(conditions)), .object(JSONObject(containers)),
    ]
    var rest = JSONObject()
    if !status.reason.isEmpty { rest["reason"] = .string(status.reason) }
    if !status.message.isEmpty { rest["message"] = text(status.message) }
    if pod.metadata.isBeingDeleted { rest["deleting"] = true }
    if !rest.isEmpty { row.append(.object(rest)) }
    add("status", row)
  }

  private static func summary(_ status: ContainerStatus) -> JSONValue {
    let state = status.state
    let name = state.running != nil ? "running" : state.terminated != nil ? "terminated" : "waiting"
    let reason = state.waiting?.reason ?? state.terminated?.reason ?? ""
    var row: [JSONValue] = [
      .string(name), reason.isEmpty ? .null : .string(reason), .bool(status.ready),
      status.started.map(JSONValue.bool) ?? .null, JSONValue(status.restartCount),
    ]
    if let end = state.terminated { row.append(JSONValue(end.exitCode)) }
    return .array(row)
  }

  private func addConditions(_ prefix: String, _ conditions: [Condition]) {
    for condition in conditions {
      add(
        prefix + condition.type,
        [
          .string(condition.status.rawValue), text(condition.reason), text(condition.message),
        ])
    }
  }

  private func addContainer(_ status: ContainerStatus) {
    let state = status.state
    if let waiting = state.waiting, !waiting.message.isEmpty {
      add("message/\(status.name)", ["waiting", text(waiting.reason), text(waiting.message)])
    } else if let end = state.terminated, !end.message.isEmpty {
      add("message/\(status.name)", ["terminated", text(end.reason), text(end.message)])
    }
    if let last = status.lastState.terminated {
      add(
        "lastState/\(status.name)",
        [
          text(last.reason), JSONValue(last.exitCode), text(last.message),
          JSONValue(status.restartCount),
        ])
    }
  }

  /// What the API answered to a request for a log.
  func addLog(query: String, status: Int, text: String) {
    addAlways("logs", [.string(query), JSONValue(status), .string(names.emptied(text))])
  }

  // MARK: - The node

  private func nodeChanged(_ change: TypedChange<Node>) {
    let node = change.object
    if change.kind == .deleted { return addAlways("node/deleted", []) }
    lastNode = (seconds, node)
    addConditions("node/conditions/", node.status.conditions)
    let taints = node.spec.taints.map { JSONValue.array([.string($0.key), .string($0.effect)]) }
      .sorted { $0.text() < $1.text() }
    add("node/taints", [.array(taints)])
  }

  // MARK: - Events

  private func eventChanged(_ change: TypedChange<Event>) {
    let event = change.object
    if change.kind == .deleted { return }
    if event.involvedObject.kind == "Node" {
      note(event, change.key, in: &nodeEvents)
    } else if event.involvedObject.kind == "Pod", event.involvedObject.name == "pod" {
      note(event, change.key, in: &events)
    }
  }

  private func note(_ event: Event, _ key: ObjectKey, in list: inout [SeenEvent]) {
    guard let index = list.firstIndex(where: { $0.key == key }) else {
      return list.append(SeenEvent(key: key, times: [seconds], event: event))
    }
    list[index].times.append(seconds)
    list[index].event = event
  }

  /// All rows so far, with the facets that tell of the end.
  func allRows() -> [String: [[JSONValue]]] {
    var all = rows
    all["events"] = events.map { seen in
      let event = seen.event
      return [
        .number(seen.times[0]), .string(event.type), .string(event.reason),
        .string(names.emptied(event.message)), JSONValue(event.count),
        .string(event.source.component), .string(event.involvedObject.fieldPath),
        .array(seen.times.map(JSONValue.number)),
      ]
    }
    all["node/events"] = nodeEvents.map { seen in
      let event = seen.event
      return [
        .number(seen.times[0]), .string(event.type), .string(event.reason),
        .string(names.emptied(event.message)), .string(event.source.component),
      ]
    }
    if let lastPod {
      let order = lastPod.pod.status.conditions.map { JSONValue.string($0.type) }
      all["conditionOrder"] = [[.number(lastPod.seconds), .array(order)]]
    }
    if let lastNode {
      var node = lastNode.node.json
      for key in ["uid", "resourceVersion"] { node["metadata"]?[key] = nil }
      all["node/object"] = [[.number(lastNode.seconds), names.emptied(node)]]
    }
    return all
  }
}
