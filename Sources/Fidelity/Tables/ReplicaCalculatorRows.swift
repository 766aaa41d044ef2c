import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `hpa_*` about how many replicas a metric proposes.
enum ReplicaCalculatorRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "hpa_replica_calc_cpu": cpu, "hpa_replica_calc_custom": custom, "hpa_group_pods": groupPods,
    "hpa_calculate_requests": requests,
  ]

  private static func evaluation(
    _ row: TableRow, _ source: GivenMetrics, pods: [Pod]
  ) throws -> MetricEvaluation {
    let current = try row.int("currentReplicas")
    return MetricEvaluation(
      source: source, calculator: try row.replicaCalculator(), namespace: "test",
      selector: LabelQuery(["app": "scaled"]), pods: pods.map { AutoscalerPod($0) },
      specReplicas: current, statusReplicas: current)
  }

  private static func cpu(_ row: TableRow) throws -> JSONValue {
    let pods = try row.rows("pods").map { field in
      var pod = try field.autoscaledPod()
      let requests = field.value("requestsMilli")?.arrayValue
      for index in 0..<(requests?.count ?? 2) {
        pod.spec.containers.append(
          TableRow.container(
            "container\(index + 1)", cpuMilli: requests?[index].integerValue))
      }
      return pod
    }
    let source = GivenMetrics()
    source.pods = try row.rows("metrics").map { field in
      let containers = try field.list("usageMilli").enumerated().map { index, usage in
        PodMetrics.ContainerMetrics(
          name: "container\(index + 1)", usageMilli: ["cpu": usage.integerValue ?? 0])
      }
      return PodMetrics(
        name: try field.text("pod"), containers: containers,
        timestampNanoseconds: try field.nanoseconds("timestamp"),
        windowNanoseconds: try field.nanoseconds("windowSeconds"))
    }
    let container = try row.text("container")
    let spec = metric(
      container: container.isEmpty ? nil : container, utilization: try row.int("targetUtilization"))
    let evaluation = try evaluation(row, source, pods: pods)
    do throws(MetricEvaluation.Failure) {
      let outcome = try evaluation.evaluate(spec)
      let value = outcome.status.resource?.current ?? outcome.status.containerResource?.current
      return [
        "replicas": JSONValue(outcome.replicas), "error": .null,
        "utilization": JSONValue(value?.averageUtilization),
        "rawMilli": JSONValue(value?.averageValue?.milliValue),
      ]
    } catch {
      return ["error": .string(errorName(error.message))]
    }
  }

  /// A CPU metric of whole pods, or of one container.
  static func metric(container: String?, utilization: Int) -> MetricSpec {
    guard let container else { return .cpuUtilization(percent: utilization) }
    var source = ContainerResourceMetricSource()
    source.name = "cpu"
    source.container = container
    source.target.type = "Utilization"
    source.target.averageUtilization = utilization
    var metric = MetricSpec()
    metric.type = "ContainerResource"
    metric.containerResource = source
    return metric
  }

  private static func errorName(_ message: String) -> String {
    let names = [
      ("no metrics returned matched known pods", "no_metrics_matched_pods"),
      ("no metrics returned from", "no_metrics_returned"),
      ("missing request for", "missing_request"),
    ]
    return names.first { message.contains($0.0) }?.1 ?? message
  }

  private static func custom(_ row: TableRow) throws -> JSONValue {
    let pods = try row.rows("pods").map { try $0.autoscaledPod() }
    let levels = try row.list("levelsMilli").map { $0.integerValue ?? 0 }
    let target = try row.int64("targetMilli")
    let source = GivenMetrics()
    let spec: MetricSpec
    switch try row.text("metricType") {
    case "pods":
      for (pod, level) in zip(pods, levels) { source.custom[pod.metadata.name] = level }
      spec = AutoscalerControllerRows.metric("Pods", average: target)
    case "object":
      source.object = levels.first
      spec = AutoscalerControllerRows.metric("Object", value: target)
    case "objectPerPod":
      source.object = levels.first
      spec = AutoscalerControllerRows.metric("Object", average: target)
    case "external":
      source.external = levels
      spec = AutoscalerControllerRows.metric("External", value: target)
    case "externalPerPod":
      source.external = levels
      spec = AutoscalerControllerRows.metric("External", average: target)
    case let name: throw TableError("no metric is called \(name)")
    }
    let evaluation = try evaluation(row, source, pods: pods)
    do throws(MetricEvaluation.Failure) {
      let outcome = try evaluation.evaluate(spec)
      let status = outcome.status
      let value = status.pods?.current ?? status.object?.current ?? status.external?.current
      return [
        "replicas": JSONValue(outcome.replicas),
        "usageMilli": JSONValue((value?.averageValue ?? value?.value)?.milliValue),
      ]
    } catch {
      return ["error": .string(errorName(error.message))]
    }
  }

  private static func groupPods(_ row: TableRow) throws -> JSONValue {
    var samples = PodSamples()
    for metric in try row.rows("metrics") {
      samples.append(
        try metric.text("pod"),
        PodMetricSample(
          valueMilli: 1, timestampNanoseconds: try metric.nanoseconds("timestamp"),
          windowNanoseconds: try metric.nanoseconds("windowSeconds")))
    }
    let pods = try row.rows("pods").map { AutoscalerPod(try $0.autoscaledPod()) }
    let groups = PodGroups(
      pods: pods, samples: samples,
      resource: try row.text("resource"), nowNanoseconds: try row.nanoseconds("now"),
      cpuInitializationNanoseconds: try row.nanoseconds("cpuInitializationPeriodSeconds"),
      initialReadinessDelayNanoseconds: try row.nanoseconds("initialReadinessDelaySeconds"))
    func names(_ group: PodGroups.Group) -> [String] {
      zip(pods, groups.groups).filter { $0.1 == group }.map(\.0.name).sorted()
    }
    return [
      "readyPodCount": JSONValue(groups.readyCount),
      "unready": row.inAnyOrder(names(.unready), like: "unready"),
      "missing": row.inAnyOrder(names(.missing), like: "missing"),
      "ignored": row.inAnyOrder(names(.ignored), like: "ignored"),
    ]
  }

  private static func requests(_ row: TableRow) throws -> JSONValue {
    var pod = Pod()
    pod.metadata.name = "pod"
    pod.spec.containers = try row.rows("containers").map { field in
      TableRow.container(try field.text("name"), cpuMilli: field.value("milli")?.integerValue)
    }
    pod.spec.initContainers = try row.rows("initContainers").map { field in
      var container = TableRow.container(
        try field.text("name"), cpuMilli: field.value("milli")?.integerValue)
      container.restartPolicy = field.optionalText("restartPolicy")
      return container
    }
    if let request = row.value("podRequestMilli")?.integerValue {
      var resources = ResourceRequirements()
      resources.requests["cpu"] = Quantity(milli: request)
      pod.spec.resources = resources
    }
    do {
      let requests = try ReplicaCalculator.requests(
        of: [AutoscalerPod(pod)], container: try row.text("container"), resource: "cpu",
        usesPodLevelResources: try row.flag("podLevelResourcesEnabled"))
      return ["requestMilli": JSONValue(requests[0]), "error": .null]
    } catch let error as AutoscalerError {
      return ["requestMilli": .null, "error": .string(errorName(error.message))]
    }
  }
}
