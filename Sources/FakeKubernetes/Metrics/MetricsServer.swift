package import KubernetesAPI
package import SimulationKernel

/// What a container used up to now, as a kubelet reports it.
package struct ContainerUsage: Sendable {
  package var namespace: String
  package var pod: String
  package var podLabels: [String: String]
  package var container: String
  package var containerID: String
  /// Start of the process, nanoseconds since the simulation's start.
  package var startedNanoseconds: Int64
  /// CPU time since the start of the process.
  package var cpuNanoseconds: Int64
  package var memoryBytes: Int64
}

/// Scrapes all nodes every 15 s and answers with the difference of the last two scrapes.
///
/// Source: kubernetes-sigs/metrics-server `pkg/storage/pod.go`. A container has no sample until its
/// second scrape, or its first if it is then 10 to 15 s old.
package final class MetricsServer: MetricsSource {
  private struct Point {
    var timestamp: Int64
    var cpu: Int64
    var memory: Int64
  }

  private struct Series {
    var usage: ContainerUsage
    var previous: Point?
    var last: Point
  }

  private static let freshNanoseconds: Int64 = 10_000_000_000
  /// `--metric-resolution` of kubernetes-sigs/metrics-server `manifests/components`.
  package static let standardResolution = Duration.seconds(15)
  private let simulation: Simulation
  private let resolution: Duration
  private let scrape: () -> [ContainerUsage]
  private var series: [String: Series] = [:]
  /// Whether the API answers; if not, every question is answered with 503.
  package var isAvailable = true

  package init(
    simulation: Simulation, resolution: Duration = MetricsServer.standardResolution,
    scrape: @escaping () -> [ContainerUsage]
  ) {
    self.simulation = simulation
    self.resolution = resolution
    self.scrape = scrape
    scrapeLater()
  }

  private func scrapeLater() {
    simulation.schedule(after: resolution) { [weak self] in
      self?.take()
      self?.scrapeLater()
    }
  }

  private func take() {
    let now = simulation.now.nanoseconds
    var next: [String: Series] = [:]
    for usage in scrape() {
      let point = Point(timestamp: now, cpu: usage.cpuNanoseconds, memory: usage.memoryBytes)
      var previous = series[usage.containerID]?.last
      let age = now - usage.startedNanoseconds
      if previous == nil, age >= Self.freshNanoseconds, age < resolution.wholeNanoseconds {
        previous = Point(timestamp: usage.startedNanoseconds, cpu: 0, memory: 0)
      }
      next[usage.containerID] = Series(usage: usage, previous: previous, last: point)
    }
    series = next
  }

  package func podMetrics(
    namespace: String, selector: LabelQuery
  ) throws(AutoscalerError) -> [PodMetrics] {
    if !isAvailable { throw .unavailable("pods.metrics.k8s.io") }
    var pods: [String: [Series]] = [:]
    for entry in series.values
    where entry.usage.namespace == namespace && selector.matches(entry.usage.podLabels) {
      pods[entry.usage.pod, default: []].append(entry)
    }
    return pods.keys.sorted().compactMap { name in metrics(name, pods[name] ?? []) }
  }

  /// nil unless every container of the pod has two points.
  private func metrics(_ pod: String, _ entries: [Series]) -> PodMetrics? {
    var containers: [PodMetrics.ContainerMetrics] = []
    var timestamp = Int64.max
    var window: Int64 = 0
    for entry in entries.sorted(by: { $0.usage.container < $1.usage.container }) {
      guard let previous = entry.previous, entry.last.timestamp > previous.timestamp else {
        return nil
      }
      let span = entry.last.timestamp - previous.timestamp
      let used = max(0, entry.last.cpu - previous.cpu)
      // Metrics-server keeps nanocores; the autoscaler rounds them up to millicores.
      let nanocores = Int64((Double(used) / Double(span) * 1e9).rounded())
      containers.append(
        PodMetrics.ContainerMetrics(
          name: entry.usage.container,
          usageMilli: [
            "cpu": (nanocores + 999_999) / 1_000_000, "memory": entry.last.memory * 1000,
          ]))
      if entry.last.timestamp < timestamp {
        timestamp = entry.last.timestamp
        window = span
      }
    }
    if containers.isEmpty { return nil }
    return PodMetrics(
      name: pod, containers: containers,
      timestampNanoseconds: simulation.epochSeconds * 1_000_000_000 + timestamp,
      windowNanoseconds: window)
  }
}
