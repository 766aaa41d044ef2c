package import JSON
import KubernetesAPI
import SimulationKernel

/// Watches a cluster and writes down what the recordings write down.
package final class StoryRecorder {
  private let server: APIServer
  private let start: SimulationTime
  private let names: StoryNames
  private let namespace: String
  /// The rows of each facet so far; the first value of a row is seconds since the start.
  package private(set) var rows: [String: [[JSONValue]]] = [:]
  private var events: [(key: ObjectKey, time: Double, event: Event)] = []
  private var pods: [String: Pod] = [:]
  /// The last size of each ReplicaSet; one that is made again starts from it.
  private var sizes: [String: Int] = [:]

  package init(server: APIServer, namespace: String) {
    self.server = server
    self.namespace = namespace
    start = server.simulation.now
    names = StoryNames(namespace: namespace)
    server.observe { [weak self] change in self?.observe(change) }
  }

  private var seconds: Double {
    Double(server.simulation.now.nanoseconds - start.nanoseconds) / 1e9
  }

  private func observe(_ change: Change) {
    let isGone = change.kind == .deleted
    if let node = change.object as? Node {
      record(node, isGone: isGone)
      return
    }
    if let event = change.object as? Event {
      record(event)
      return
    }
    if let space = change.object as? Namespace, space.metadata.name == namespace {
      let phase = JSONValue.string(space.status.phase)
      if isGone || space.metadata.isBeingDeleted { add("namespace", [isGone ? .null : phase]) }
      return
    }
    guard change.key.namespace == namespace else { return }
    switch change.object {
    case let deployment as Deployment: record(deployment, isGone)
    case let replicaSet as ReplicaSet:
      record(replicaSet, change.previous as? ReplicaSet, isGone)
    case let pod as Pod: record(pod, change.previous as? Pod, isGone)
    case let endpoints as Endpoints: record(endpoints, isGone)
    case is EndpointSlice: recordSlices(change.object.metadata)
    case let autoscaler as HorizontalPodAutoscaler: record(autoscaler, isGone)
    default: break
    }
  }

  /// Adds a row unless the facet's last row says the same.
  func add(_ facet: String, _ values: [JSONValue]) {
    if let last = rows[facet]?.last, Array(last.dropFirst()) == values { return }
    rows[facet, default: []].append([.number(seconds)] + values)
  }

  func addAlways(_ facet: String, _ values: [JSONValue]) {
    rows[facet, default: []].append([.number(seconds)] + values)
  }

  private func addConditions(_ prefix: String, _ conditions: [Condition]) {
    for condition in conditions {
      add(
        "\(prefix)/conditions/\(condition.type)",
        [
          .string(condition.status.rawValue), .string(condition.reason),
          .string(names.text(condition.message)),
        ])
    }
  }

  private func record(_ deployment: Deployment, _ isGone: Bool) {
    let prefix = "deployment/\(deployment.metadata.name)"
    let status = deployment.status
    if isGone {
      add("\(prefix)/status", [.null])
      return
    }
    add("\(prefix)/spec.replicas", [JSONValue(deployment.desired)])
    let revision = deployment.metadata.annotations[RevisionAnnotations.revision]
    add("\(prefix)/revision", [revision.map(JSONValue.string) ?? .null])
    add(
      "\(prefix)/status",
      [
        status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas,
        status.unavailableReplicas,
      ].map { JSONValue($0) })
    if deployment.metadata.isBeingDeleted {
      add(
        "\(prefix)/deleting", [.array(deployment.metadata.finalizers.map(JSONValue.string))])
    }
    addConditions(prefix, status.conditions)
  }

  private func record(_ replicaSet: ReplicaSet, _ old: ReplicaSet?, _ isGone: Bool) {
    if old == nil { names.add(replicaSet) }
    let name = names.replicaSet(replicaSet.metadata.name)
    let owner = replicaSet.metadata.controller ?? old?.metadata.controller
    let deployment =
      owner?.name ?? replicaSet.metadata.labels["app"] ?? replicaSet.metadata.name
    if isGone {
      addAlways("deployment/\(deployment)/sizes", [.string(name), .null])
      return
    }
    if sizes[name] != replicaSet.desired {
      sizes[name] = replicaSet.desired
      addAlways(
        "deployment/\(deployment)/sizes", [.string(name), JSONValue(replicaSet.desired)])
    }
    let prefix = "replicaset/\(name)"
    let status = replicaSet.status
    add(
      "\(prefix)/status",
      [status.replicas, status.readyReplicas, status.availableReplicas].map { JSONValue($0) })
    let keys = [
      RevisionAnnotations.revision, RevisionAnnotations.desiredReplicas,
      RevisionAnnotations.maxReplicas, RevisionAnnotations.history,
    ]
    add(
      "\(prefix)/annotations",
      keys.map { replicaSet.metadata.annotations[$0].map(JSONValue.string) ?? .null })
    addConditions(prefix, status.conditions)
  }

  private func record(_ pod: Pod, _ old: Pod?, _ isGone: Bool) {
    if old == nil { names.add(pod) }
    pods[pod.metadata.uid] = isGone ? nil : pod
    let name = names.pod(pod.metadata.name)
    guard let hash = name.lastIndex(of: "#") else { return }
    let replicaSet = String(name[..<hash])
    recordPods(of: replicaSet)
    if pod.metadata.isBeingDeleted, !(old?.metadata.isBeingDeleted ?? false) {
      addAlways("replicaset/\(replicaSet)/deleted", [.string(name)])
    }
    if !pod.spec.nodeName.isEmpty, old?.spec.nodeName.isEmpty ?? true {
      addAlways("scheduled", [.string(name), .string(pod.spec.nodeName)])
    }
    for condition in pod.status.conditions {
      let isToldOf =
        condition.type == "DisruptionTarget"
        || condition.type == "PodScheduled" && condition.status == .false
      if !isToldOf || old?.status.conditions.first(condition.type) == condition { continue }
      addAlways(
        "pod/\(replicaSet)#*/conditions/\(condition.type)",
        [
          .string(condition.status.rawValue), .string(condition.reason),
          .string(names.text(condition.message)),
        ])
    }
  }

  private func recordPods(of replicaSet: String) {
    let own = pods.values.filter { names.pod($0.metadata.name).hasPrefix("\(replicaSet)#") }
    let deleting = own.count { $0.metadata.isBeingDeleted }
    let ready = own.count { $0.isReady && !$0.metadata.isBeingDeleted }
    let unbound = own.count { $0.spec.nodeName.isEmpty }
    add(
      "replicaset/\(replicaSet)/pods",
      [own.count, ready, deleting, unbound].map { JSONValue($0) })
  }

  private func record(_ endpoints: Endpoints, _ isGone: Bool) {
    let subsets = isGone ? [] : endpoints.subsets
    let ready = subsets.reduce(0) { $0 + $1.addresses.count }
    let notReady = subsets.reduce(0) { $0 + $1.notReadyAddresses.count }
    add(
      "service/\(endpoints.metadata.name)/endpoints", [JSONValue(ready), JSONValue(notReady)])
  }

  private func recordSlices(_ metadata: ObjectMeta) {
    guard let service = metadata.labels[EndpointSliceController.serviceLabel] else { return }
    let slices = server.list(
      EndpointSlice.self, namespace: namespace,
      labels: LabelQuery([EndpointSliceController.serviceLabel: service]))
    let all = slices.flatMap(\.endpoints)
    let counts = [
      all.count { $0.conditions.ready ?? true }, all.count { $0.conditions.serving ?? true },
      all.count { $0.conditions.terminating ?? false }, all.count,
    ]
    add("service/\(service)/slice", counts.map { JSONValue($0) })
  }

  private func record(_ autoscaler: HorizontalPodAutoscaler, _ isGone: Bool) {
    if isGone { return }
    let prefix = "hpa/\(autoscaler.metadata.name)"
    let status = autoscaler.status
    add(
      "\(prefix)/status",
      [JSONValue(status.currentReplicas), JSONValue(status.desiredReplicas)])
    let metrics = status.currentMetrics.map(StoryMetrics.row)
    add("\(prefix)/metrics", [.array(metrics)])
    addConditions(prefix, status.conditions)
  }

  private func record(_ node: Node, isGone: Bool) {
    let facet = "node/\(node.metadata.name)"
    if isGone { return add(facet, [.null]) }
    let ready = node.status.conditions.first("Ready")
    add(
      facet,
      [
        .string(ready?.status.rawValue ?? ""), .string(ready?.reason ?? ""),
        .array(node.spec.taints.map { [.string($0.key), .string($0.effect)] }),
      ])
  }

  private func record(_ event: Event) {
    let left: Set<String> = ["Scheduled", "RegisteredNode"]
    if left.contains(event.reason) || event.source.component == "kubelet" { return }
    if let index = events.firstIndex(where: { $0.key == event.key }) {
      events[index].event = event
    } else {
      events.append((event.key, seconds, event))
    }
  }

  /// The rows of events so far, with their counts, by facet.
  package func eventRows() -> [String: [[JSONValue]]] {
    var rows: [String: [[JSONValue]]] = [:]
    for (_, time, event) in events {
      let object = event.involvedObject
      var name = object.name
      if object.kind == "ReplicaSet" { name = names.replicaSet(name) }
      if object.kind == "Pod" {
        let pod = names.pod(name)
        name = pod.lastIndex(of: "#").map { "\(pod[..<$0])#*" } ?? pod
      }
      rows["events/\(object.kind)/\(name)", default: []].append([
        .number(time), .string(event.type), .string(event.reason),
        .string(names.text(event.message)), JSONValue(event.count),
        .string(event.source.component),
      ])
    }
    return rows
  }
}

/// The recordings' form of an autoscaler's metrics.
enum StoryMetrics {
  /// Type, name and current value; nulls for a metric that could not be read.
  static func row(_ status: MetricStatus) -> JSONValue {
    let (name, current): (String?, MetricValueStatus?) =
      if let resource = status.resource {
        (resource.name, resource.current)
      } else if let container = status.containerResource {
        (container.name, container.current)
      } else if let pods = status.pods {
        (pods.metric.name, pods.current)
      } else if let object = status.object {
        (object.metric.name, object.current)
      } else {
        (status.external?.metric.name, status.external?.current)
      }
    return [
      .string(status.type), name.map(JSONValue.string) ?? .null, current?.json ?? .null,
    ]
  }
}
