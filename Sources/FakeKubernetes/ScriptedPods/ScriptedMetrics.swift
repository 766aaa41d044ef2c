package import JSON
package import KubernetesAPI

/// The metrics APIs as a script says: each value holds until the next one is set.
///
/// The keys are those of the recordings' `metrics`.
package final class ScriptedMetrics: MetricsSource {
  private static let windowNanoseconds: Int64 = 10_000_000_000
  private static let bytesPerMiB: Int64 = 1 << 20

  private let server: APIServer
  private let ordinal: (Pod) -> Int
  private let selectedPods: SelectedPods<Pod>
  private var values: JSONValue = [:]
  private var script = Script([:])
  /// What was said of the pods of a query, for as long as neither they nor the script change.
  @exclusivity(unchecked) private var told: [String: Told] = [:]

  private final class Told {
    let namespace: String
    let selection: SelectedPods<Pod>.Selection
    /// The pods that were looked at.
    let pods: [Pod]
    @exclusivity(unchecked) var metrics: [PodMetrics]

    init(
      namespace: String, selection: SelectedPods<Pod>.Selection, pods: [Pod],
      metrics: [PodMetrics]
    ) {
      self.namespace = namespace
      self.selection = selection
      self.pods = pods
      self.metrics = metrics
    }
  }

  /// What the script says of CPU and memory, read once.
  private struct Script {
    var isUnavailable: Bool
    var hasOutage: Bool
    var missing: [Int]
    var perPodMilli: Int64?
    var totalMilli: Int64?
    var idleMilli: Int64
    var perPodMiB: Int64

    init(_ values: JSONValue) {
      isUnavailable = values["unavailable"]?.boolValue ?? false
      hasOutage = values["outage"]?.boolValue ?? false
      missing = (values["missing"]?.arrayValue ?? []).compactMap(\.intValue)
      perPodMilli = values["perPodMilli"]?.integerValue
      totalMilli = values["totalMilli"]?.integerValue
      idleMilli = values["idleMilli"]?.integerValue ?? 5
      perPodMiB = values["perPodMiB"]?.integerValue ?? 64
    }
  }

  /// Makes metrics that nobody has said anything about; `ordinal` numbers pods as scripts do.
  package init(server: APIServer, ordinal: @escaping (Pod) -> Int) {
    self.server = server
    self.ordinal = ordinal
    let selectedPods = SelectedPods(
      find: { [unowned server] in server.find(Pod.self, $0.namespace, $0.name) },
      findPlace: { [unowned server] in server.table(Pod.self).record(place: Int($0))?.object },
      list: { [unowned server] in server.list(Pod.self, namespace: $0) },
      isBefore: { NameGenerator.isEarlier($0.metadata.uid, $1.metadata.uid) }, view: { $0 })
    self.selectedPods = selectedPods
    server.observe(Pod.self) { change in
      selectedPods.podChanged(
        change.previous, change.kind == .deleted ? nil : change.object)
    }
  }

  /// Replaces all that the APIs say.
  package func set(_ values: JSONValue) {
    self.values = values
    script = Script(values)
    told = [:]
  }

  private func check(_ request: @autoclosure () -> String) throws(AutoscalerError) {
    if script.isUnavailable { throw .unavailable(request()) }
  }

  private func runningPods(_ namespace: String, _ selector: LabelQuery) -> [Pod] {
    Self.running(selectedPods.pods(namespace, selector))
  }

  private static func running(_ pods: [Pod]) -> [Pod] {
    pods.filter { $0.status.phase == "Running" && !$0.metadata.isBeingDeleted }
  }

  package func podMetrics(namespace: String, selector: LabelQuery) throws(AutoscalerError)
    -> [PodMetrics]
  {
    try check("pods.metrics.k8s.io")
    if script.hasOutage { return [] }
    let now = server.wallNanoseconds
    if let known = told[selector.text], known.namespace == namespace, known.selection.isFollowed,
      known.pods.isSameArray(as: selectedPods.pods(known.selection))
    {
      for index in known.metrics.indices { known.metrics[index].timestampNanoseconds = now }
      return known.metrics
    }
    let selection = selectedPods.selection(namespace, selector)
    let all = selectedPods.pods(selection)
    let made = Told(
      namespace: namespace, selection: selection, pods: all,
      metrics: metrics(of: Self.running(all), now))
    told[selector.text] = made
    return made.metrics
  }

  private func metrics(of pods: [Pod], _ now: Int64) -> [PodMetrics] {
    let readyCount = Int64(pods.count { $0.isReady })
    let memory = script.perPodMiB * Self.bytesPerMiB * 1000
    return pods.compactMap { pod in
      if !script.missing.isEmpty, script.missing.contains(ordinal(pod)) { return nil }
      guard let cpu = cpuMilli(pod, readyCount) else { return nil }
      return PodMetrics(
        name: pod.metadata.name,
        containers: pod.spec.content.value.containers.map {
          PodMetrics.ContainerMetrics(
            name: $0.name, usageMilli: AmountByResource(cpu: cpu, memory: memory))
        }, timestampNanoseconds: now,
        windowNanoseconds: Self.windowNanoseconds)
    }
  }

  private func cpuMilli(_ pod: Pod, _ readyCount: Int64) -> Int64? {
    if let each = script.perPodMilli { return each }
    guard let total = script.totalMilli else { return nil }
    if !pod.isReady || readyCount == 0 { return script.idleMilli }
    return (total + readyCount - 1) / readyCount
  }

  package func customMetric(
    _ name: String, namespace: String, selector: LabelQuery, metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> PodSamples {
    let value = try custom(name, of: "pods", "*")
    var samples = PodSamples()
    for pod in runningPods(namespace, selector) {
      samples.append(
        pod.metadata.name,
        PodMetricSample(
          valueMilli: value, timestampNanoseconds: server.wallNanoseconds,
          windowNanoseconds: Self.windowNanoseconds))
    }
    return samples
  }

  package func objectMetric(
    _ name: String, namespace: String, object: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64 {
    let resource = KindRegistry.type(apiVersion: object.apiVersion, kind: object.kind)?.resource
    return try custom(name, of: resource?.qualifiedName ?? object.kind, object.name)
  }

  private func custom(
    _ name: String, of resource: String, _ object: String
  ) throws(AutoscalerError) -> Int64 {
    try check("\(resource).custom.metrics.k8s.io \(object)")
    guard let value = values["custom"]?[name]?.integerValue else {
      throw AutoscalerError("the server could not find the metric \(name)")
    }
    return value
  }

  package func externalMetric(_ name: String, namespace: String, selector: LabelSelector?)
    throws(AutoscalerError) -> [Int64]
  {
    try check("\(name).external.metrics.k8s.io")
    return (values["external"]?[name]?.arrayValue ?? []).compactMap(\.integerValue)
  }
}
