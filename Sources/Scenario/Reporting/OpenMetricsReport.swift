import SimulationKernel

/// Writes recordings as OpenMetrics text 1.0.0, for plots elsewhere.
///
/// A sample stands at the end of each bucket of requests, at the simulation's epoch plus virtual
/// time. Names are those of kube-state-metrics where it has one.
package struct OpenMetricsReport {
  private var families = Families()
  private var runs = 0

  /// Makes a report without runs.
  package init() {}

  /// Adds a run, which must have a recording.
  package mutating func add(_ result: RunResult) {
    guard let recording = result.recording else {
      preconditionFailure("\(result.name) was run without a recording")
    }
    runs += 1
    let labels =
      [
        ("run", String(runs)), ("scenario", result.name), ("seed", String(result.seed)),
      ] + Self.parameterLabels(result)
    var writer = Writer(recording: recording, labels: labels, families: families)
    writer.write(result)
    families = writer.families
  }

  /// The exposition.
  package var text: String { families.all.map { $0.text }.joined() + "# EOF\n" }

  /// A matrix's parameters as labels, whose names have only letters, digits and low lines.
  private static func parameterLabels(_ result: RunResult) -> [(String, String)] {
    var names: [String] = []
    return result.parameters.map { parameter in
      let plain = String(
        parameter.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      var name = "parameter_\(plain)"
      while names.contains(name) { name += "_" }
      names.append(name)
      return (name, parameter.value)
    }
  }
}

/// The families in the order in which they are written.
private struct Families {
  var specReplicas = MetricFamily(
    "kube_deployment_spec_replicas", .gauge, "Replicas that the Deployment is to have.")
  var replicas = MetricFamily(
    "kube_deployment_status_replicas", .gauge, "Pods that the Deployment has.")
  var updated = MetricFamily(
    "kube_deployment_status_replicas_updated", .gauge, "Pods of the newest revision.")
  var ready = MetricFamily("kube_deployment_status_replicas_ready", .gauge, "Pods that are ready.")
  var available = MetricFamily(
    "kube_deployment_status_replicas_available", .gauge,
    "Pods that have been ready for minReadySeconds.")
  var revisionPods = MetricFamily(
    "kube_replicaset_status_replicas", .gauge, "Pods of a ReplicaSet that exist.")
  var revisionReady = MetricFamily(
    "kube_replicaset_status_ready_replicas", .gauge, "Pods of a ReplicaSet that are ready.")
  var utilisation = MetricFamily(
    "kube_horizontalpodautoscaler_status_target_metric", .gauge,
    "CPU in percent of the requests, as the autoscaler last saw it.")
  var threshold = MetricFamily(
    "kube_horizontalpodautoscaler_spec_target_metric", .gauge,
    "CPU in percent of the requests that the autoscaler aims at.")
  var pods = MetricFamily("andruck_pods", .gauge, "Pods by what they are doing.")
  var exits = MetricFamily(
    "andruck_container_exits", .counter, "Processes of containers that have ended.")
  var sent = MetricFamily(
    "andruck_requests_sent", .counter, "Requests, by the times at which they were to be sent.")
  var requests = MetricFamily(
    "andruck_requests", .counter,
    "Requests by their gRPC status, at the times at which they were to be sent.")
  var answers = MetricFamily("andruck_answers", .counter, "Answers by the model that gave them.")
  var wrong = MetricFamily(
    "andruck_wrong_answers", .counter, "Answers by a model that was not assigned.")
  var latency = MetricFamily(
    "andruck_request_latency_seconds", .gauge, unit: "seconds",
    "Latency from the intended send time, of the requests since the sample before.")
  var faults = MetricFamily("andruck_fault_active", .gauge, "Whether a fault lasts.")
  var checks = MetricFamily("andruck_check_holds", .gauge, "Whether a check held.")
  var run = MetricFamily("andruck_run", .info, "The run.")

  var all: [MetricFamily] {
    [
      specReplicas, replicas, updated, ready, available, revisionPods, revisionReady, utilisation,
      threshold, pods, exits, sent, requests, answers, wrong, latency, faults, checks, run,
    ]
  }
}

/// Adds the samples of one run.
private struct Writer {
  let recording: Recording
  let labels: [(String, String)]
  var families: Families

  /// The ends of the buckets.
  private var times: [SimulationTime] {
    guard let requests = recording.services.first?.requests else { return [recording.end] }
    return requests.buckets.indices.map { end(of: $0, requests) }
  }

  private func end(of bucket: Int, _ requests: RequestBuckets) -> SimulationTime {
    min(recording.end, .zero + requests.length * (bucket + 1))
  }

  mutating func write(_ result: RunResult) {
    for service in recording.services { write(service) }
    for mark in recording.marks where mark.kind == .fault && mark.until != nil {
      write(mark)
    }
    for (index, check) in result.checks.enumerated() {
      var holds = "1"
      if case .failed = check.outcome { holds = "0" }
      add(
        \.checks, [("check", check.check.text), ("number", String(index + 1))], holds,
        recording.end)
    }
    add(
      \.run,
      [
        ("file", result.path), ("digest", result.digest),
        ("verdict", result.holds ? "passed" : "failed"),
      ], "1",
      recording.end)
  }

  private mutating func add(
    _ family: WritableKeyPath<Families, MetricFamily>, _ more: [(String, String)], _ value: String,
    _ time: SimulationTime
  ) {
    families[keyPath: family].add(
      labels + more, value, at: time, epochSeconds: recording.epochSeconds)
  }

  private mutating func add(
    _ family: WritableKeyPath<Families, MetricFamily>, _ more: [(String, String)],
    _ series: StepSeries<Int>
  ) {
    for time in times {
      if let value = series.value(at: time) { add(family, more, String(value), time) }
    }
  }

  private mutating func write(_ service: ServiceRecording) {
    let namespace = [("namespace", service.service.level)]
    let deployment = namespace + [("deployment", service.deployment)]
    let who = namespace + [("application", service.service.application)]
    add(\.specReplicas, deployment + who.suffix(1), service.desired)
    add(\.replicas, deployment + who.suffix(1), service.replicas)
    add(\.updated, deployment + who.suffix(1), service.updated)
    add(\.ready, deployment + who.suffix(1), service.ready)
    add(\.available, deployment + who.suffix(1), service.available)
    for revision in service.revisions {
      let name = service.deployment + "-" + revision.hash
      let more = who + [("replicaset", name), ("revision", revision.number.map(String.init) ?? "")]
      add(\.revisionPods, more, revision.pods)
      add(\.revisionReady, more, revision.ready)
    }
    let metric = [("metric_name", "cpu"), ("metric_target_type", "utilization")]
    add(\.utilisation, who + metric, service.utilisationPercent)
    add(\.threshold, who + metric, service.thresholdPercent)
    writePods(service.service, who)
    write(service.requests, who)
  }

  private mutating func writePods(_ service: ServiceReference, _ who: [(String, String)]) {
    let pods = recording.pods.filter { $0.service == service }
    let exits = pods.flatMap(\.exits).sorted { $0.time < $1.time }
    for state in PodRecording.State.allCases {
      for time in times {
        let count = pods.count { $0.state(at: time) == state }
        add(\.pods, who + [("state", state.rawValue)], String(count), time)
      }
    }
    for reason in Set(exits.map(\.reason)).sorted() {
      let chosen = exits.filter { $0.reason == reason }
      for time in times {
        let count = chosen.count { $0.time <= time }
        add(\.exits, who + [("reason", reason)], String(count), time)
      }
    }
  }

  private mutating func write(_ requests: RequestBuckets, _ who: [(String, String)]) {
    typealias Counts = RequestBuckets.Counts
    func counted(
      _ writer: inout Writer, _ family: WritableKeyPath<Families, MetricFamily>,
      _ more: [(String, String)], _ count: (Counts) -> Int
    ) {
      var total = 0
      for (index, bucket) in requests.buckets.enumerated() {
        total += count(bucket)
        writer.add(family, who + more, String(total), writer.end(of: index, requests))
      }
    }
    counted(&self, \.sent, []) { $0.sent }
    counted(&self, \.requests, [("status", "OK")]) { $0.answered }
    for (place, status) in requests.statuses.enumerated() {
      counted(&self, \.requests, [("status", status)]) { $0.failures[place] }
    }
    for (place, model) in requests.models.enumerated() {
      counted(&self, \.answers, [("model", model)]) { $0.answers[place] }
    }
    counted(&self, \.wrong, []) { $0.wrong }
    for (place, percentile) in RequestBuckets.Latency.percentiles.enumerated() {
      for (index, bucket) in requests.buckets.enumerated() {
        guard let nanoseconds = bucket.latency.nanoseconds[place] else { continue }
        add(
          \.latency, who + [("percentile", percentile.name)], String(Double(nanoseconds) / 1e9),
          end(of: index, requests))
      }
    }
  }

  private mutating func write(_ mark: Mark) {
    for time in times {
      let lasts = mark.from <= time && time < mark.until ?? .distantFuture
      add(
        \.faults,
        [("fault", mark.label), ("entry", mark.name), ("from", String(mark.from.seconds))],
        lasts ? "1" : "0", time)
    }
  }
}

extension PodRecording {
  /// What the pod was doing at a time; nil before its creation and after its end.
  fileprivate func state(at time: SimulationTime) -> State? {
    if time < created || deleted.map({ time >= $0 }) ?? false { return nil }
    return changes.last { $0.time <= time }?.state
  }
}
