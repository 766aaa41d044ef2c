package import KubernetesAPI

/// One metric's proposal, or why it could not be made.
package struct MetricEvaluation {
  package struct Failure: Error {
    /// The reason of the condition and the event.
    package var reason: String
    /// What the event says.
    package var message: String
    /// What the error of the whole computation says.
    package var error: String
  }

  package struct Outcome {
    package var replicas: Int
    /// How messages name the metric.
    package var name: String
    package var status: MetricStatus
  }

  let source: (any MetricsSource)?
  let calculator: ReplicaCalculator
  let namespace: String
  let selector: LabelQuery
  let pods: [AutoscalerPod]
  let specReplicas: Int
  let statusReplicas: Int

  package init(
    source: (any MetricsSource)?, calculator: ReplicaCalculator, namespace: String,
    selector: LabelQuery, pods: [AutoscalerPod], specReplicas: Int, statusReplicas: Int
  ) {
    self.source = source
    self.calculator = calculator
    self.namespace = namespace
    self.selector = selector
    self.pods = pods
    self.specReplicas = specReplicas
    self.statusReplicas = statusReplicas
  }

  /// Evaluates a metric (`horizontal.go` computeReplicasForMetric).
  package func evaluate(_ spec: MetricSpec) throws(Failure) -> Outcome {
    switch spec.type {
    case "Resource":
      if let metric = spec.resource { return try resource(metric) }
    case "ContainerResource":
      if let metric = spec.containerResource { return try containerResource(metric) }
    case "Pods":
      if let metric = spec.pods { return try podsMetric(metric) }
    case "Object":
      if let metric = spec.object { return try object(metric) }
    case "External":
      if let metric = spec.external { return try external(metric) }
    default: break
    }
    let message = "unknown metric source type \"\(spec.type)\""
    throw Failure(reason: "InvalidMetricSourceType", message: message, error: message)
  }

  // MARK: - Resources

  /// How the metric is named that nearly all autoscalers have.
  private static let cpuName = "cpu resource utilization (percentage of request)"

  private func resource(_ metric: ResourceMetricSource) throws(Failure) -> Outcome {
    var status = MetricStatus()
    status.type = "Resource"
    let (proposal, name, value): (Int, String, MetricValueStatus)
    do {
      (proposal, name, value) = try generic(
        metric.name, metric.target, container: "", kind: "resource")
    } catch {
      throw Failure(
        reason: "FailedGetResourceMetric", message: error.message,
        error: "failed to get \(metric.name) resource metric value: \(error.message)")
    }
    var current = ResourceMetricStatus()
    current.name = metric.name
    current.current = value
    status.resource = current
    return Outcome(replicas: proposal, name: name, status: status)
  }

  private func containerResource(
    _ metric: ContainerResourceMetricSource
  ) throws(Failure) -> Outcome {
    var status = MetricStatus()
    status.type = "ContainerResource"
    let (proposal, name, value): (Int, String, MetricValueStatus)
    do {
      (proposal, name, value) = try generic(
        metric.name, metric.target, container: metric.container, kind: "container resource")
    } catch {
      throw Failure(
        reason: "FailedGetContainerResourceMetric", message: error.message,
        error: "failed to get \(metric.container) container metric value: \(error.message)")
    }
    var current = ContainerResourceMetricStatus()
    current.name = metric.name
    current.container = metric.container
    current.current = value
    status.containerResource = current
    return Outcome(replicas: proposal, name: name, status: status)
  }

  private func generic(
    _ resource: String, _ target: MetricTarget, container: String, kind: String
  ) throws(AutoscalerError) -> (Int, String, MetricValueStatus) {
    var value = MetricValueStatus()
    if let average = target.averageValue {
      let proposal = try wrapped("failed to get \(resource) usage: ") {
        () throws(AutoscalerError) in
        try calculator.plainReplicas(
          current: specReplicas, targetMilli: average.milliValue, resource: resource, pods: pods,
          samples: try samples(resource, container))
      }
      value.averageValue = amount(proposal, of: resource)
      return (proposal.replicas, "\(resource) resource", value)
    }
    guard let utilization = target.averageUtilization else {
      throw AutoscalerError(
        "invalid resource metric source: neither an average utilization target nor an average "
          + "value (usage) target was set")
    }
    let proposal = try wrapped(
      "failed to get \(resource) utilization: "
    ) { () throws(AutoscalerError) in
      try calculator.resourceReplicas(
        current: specReplicas, targetUtilization: utilization, resource: resource,
        container: container, pods: pods, samples: try samples(resource, container))
    }
    value.averageUtilization = proposal.utilization
    value.averageValue = amount(proposal, of: resource)
    let name =
      resource == "cpu" && kind == "resource"
      ? Self.cpuName : "\(resource) \(kind) utilization (percentage of request)"
    return (proposal.replicas, name, value)
  }

  private func wrapped<Value>(
    _ prefix: @autoclosure () -> String, _ body: () throws(AutoscalerError) -> Value
  ) throws(AutoscalerError) -> Value {
    do {
      return try body()
    } catch {
      throw AutoscalerError(prefix() + error.message)
    }
  }

  /// Samples by pod; pods without the resource in some container have none.
  private func samples(
    _ resource: String, _ container: String
  ) throws(AutoscalerError) -> PodSamples {
    var prefix: String { "unable to get metrics for resource \(resource): " }
    guard let source else {
      throw AutoscalerError(
        prefix + "unable to fetch metrics from resource metrics API: "
          + "the server could not find the requested resource (get pods.metrics.k8s.io)")
    }
    let metrics: [PodMetrics]
    do {
      metrics = try source.podMetrics(namespace: namespace, selector: selector)
    } catch {
      throw AutoscalerError(
        prefix + "unable to fetch metrics from resource metrics API: \(error.message)")
    }
    if metrics.isEmpty {
      throw AutoscalerError(prefix + "no metrics returned from resource metrics API")
    }
    var result = PodSamples(capacity: metrics.count)
    for index in metrics.indices {
      let usage = metrics[index].usage(of: resource, container: container)
      if usage.counted == 0 && !container.isEmpty {
        throw AutoscalerError(
          prefix + "failed to get container metrics: container \(container) not present in metrics "
            + "for pod \(namespace)/\(metrics[index].name)")
      }
      if usage.counted == 0 || usage.missing > 0 { continue }
      result.append(
        metrics[index].name,
        PodMetricSample(
          valueMilli: usage.milli, timestampNanoseconds: metrics[index].timestampNanoseconds,
          windowNanoseconds: metrics[index].windowNanoseconds))
    }
    return result
  }

  /// Memory is told in binary units, as the metrics API tells it: `180Mi`.
  private func amount(_ proposal: ReplicaCalculator.Proposal, of resource: String) -> Quantity {
    Quantity(
      milli: proposal.usageMilli, format: resource == "memory" ? .binarySI : .decimalSI)
  }

  // MARK: - Custom and external metrics

  private func podsMetric(_ metric: PodsMetricSource) throws(Failure) -> Outcome {
    let name = metric.metric.name
    do {
      let proposal = try pods(name, metric)
      var current = PodsMetricStatus()
      current.metric = metric.metric
      current.current.averageValue = Quantity(milli: proposal.usageMilli)
      var status = MetricStatus()
      status.type = "Pods"
      status.pods = current
      return Outcome(replicas: proposal.replicas, name: "pods metric \(name)", status: status)
    } catch {
      throw Failure(
        reason: "FailedGetPodsMetric", message: error.message,
        error: "failed to get pods metric value: \(error.message)")
    }
  }

  private func pods(
    _ name: String, _ metric: PodsMetricSource
  ) throws(AutoscalerError) -> ReplicaCalculator.Proposal {
    let values = try wrapped("unable to get metric \(name): ") { () throws(AutoscalerError) in
      guard let source else {
        throw AutoscalerError("unable to fetch metrics from custom metrics API: no custom metrics")
      }
      let values = try wrapped(
        "unable to fetch metrics from custom metrics API: "
      ) { () throws(AutoscalerError) in
        try source.customMetric(
          name, namespace: namespace, selector: selector, metricSelector: metric.metric.selector)
      }
      if values.isEmpty {
        throw AutoscalerError("no metrics returned from custom metrics API")
      }
      return values
    }
    return try calculator.plainReplicas(
      current: specReplicas, targetMilli: metric.target.averageValue?.milliValue ?? 0, resource: "",
      pods: pods, samples: values)
  }

  private func object(_ metric: ObjectMetricSource) throws(Failure) -> Outcome {
    let name = metric.metric.name
    let described = metric.describedObject
    do {
      let usage = try wrapped(
        "unable to get metric \(name): \(described.kind) on \(namespace) \(described.name)/"
      ) { () throws(AutoscalerError) -> Int64 in
        guard let source else { throw AutoscalerError("no custom metrics") }
        return try wrapped(
          "unable to fetch metrics from custom metrics API: "
        ) { () throws(AutoscalerError) in
          try source.objectMetric(
            name, namespace: namespace, object: described, metricSelector: metric.metric.selector)
        }
      }
      var current = ObjectMetricStatus()
      current.metric = metric.metric
      current.describedObject = described
      let (proposal, text) = try total(
        usage, metric.target, current: &current.current,
        valueName: "\(described.kind) metric \(name)",
        averageName: "external metric \(name)(\(Self.text(metric.metric.selector)))")
      var status = MetricStatus()
      status.type = "Object"
      status.object = current
      return Outcome(replicas: proposal, name: text, status: status)
    } catch {
      throw Failure(
        reason: "FailedGetObjectMetric", message: error.message,
        error: "failed to get object metric value: "
          + (metric.target.averageValue == nil ? "" : "failed to get \(name) object metric: ")
          + error.message)
    }
  }

  private func external(_ metric: ExternalMetricSource) throws(Failure) -> Outcome {
    let name = metric.metric.name
    let text = Self.text(metric.metric.selector)
    do {
      let values = try wrapped(
        "unable to get external metric \(namespace)/\(name)/\(text): "
      ) { () throws(AutoscalerError) -> [Int64] in
        guard let source else {
          throw AutoscalerError("unable to fetch metrics from external metrics API: no source")
        }
        let values = try wrapped(
          "unable to fetch metrics from external metrics API: "
        ) { () throws(AutoscalerError) in
          try source.externalMetric(name, namespace: namespace, selector: metric.metric.selector)
        }
        if values.isEmpty {
          throw AutoscalerError("no metrics returned from external metrics API")
        }
        return values
      }
      var current = ExternalMetricStatus()
      current.metric = metric.metric
      let label = "external metric \(name)(\(text))"
      let sum =
        metric.target.averageValue == nil ? Self.valueSum(values) : Self.perPodSum(values)
      let (proposal, named) = try total(
        sum, metric.target, current: &current.current, valueName: label, averageName: label,
        isExternal: true)
      var status = MetricStatus()
      status.type = "External"
      status.external = current
      return Outcome(replicas: proposal, name: named, status: status)
    } catch {
      throw Failure(
        reason: "FailedGetExternalMetric", message: error.message,
        error: "failed to get \(name) external metric value: failed to get "
          + (metric.target.averageValue == nil
            ? "external metric \(name)" : "\(name) external metric") + ": \(error.message)")
    }
  }

  /// One value against a target per pod or in all.
  private func total(
    _ usage: Int64, _ target: MetricTarget, current: inout MetricValueStatus, valueName: String,
    averageName: String, isExternal: Bool = false
  ) throws(AutoscalerError) -> (Int, String) {
    if let average = target.averageValue {
      let proposal = calculator.perPodReplicas(
        statusReplicas: statusReplicas, usageMilli: usage, targetMilli: average.milliValue,
        isExternal: isExternal)
      current.averageValue = Quantity(milli: proposal.usageMilli)
      return (proposal.replicas, averageName)
    }
    guard let value = target.value else {
      throw AutoscalerError("invalid metric source: neither a value target nor an average was set")
    }
    let proposal = try calculator.valueReplicas(
      current: specReplicas, usageMilli: usage, targetMilli: value.milliValue, pods: pods)
    current.value = Quantity(milli: proposal.usageMilli)
    return (proposal.replicas, valueName)
  }

  /// The sum of an External metric with a value: the largest Int64 once it grows beyond it.
  private static func valueSum(_ values: [Int64]) -> Int64 {
    var sum: Int64 = 0
    for value in values {
      if value > 0, sum > .max - value { return .max }
      sum &+= value
    }
    return sum
  }

  /// The sum of an External metric with a value for each pod: the largest Int64 once it is below
  /// zero, which upstream takes for an overflow.
  private static func perPodSum(_ values: [Int64]) -> Int64 {
    var sum: Int64 = 0
    for value in values {
      sum &+= value
      if sum < 0 { return .max }
    }
    return sum
  }

  /// A selector as Go prints it; nil without one.
  private static func text(_ selector: LabelSelector?) -> String {
    guard let selector else { return "nil" }
    let labels = selector.matchLabels.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)," }
    let expressions = selector.matchExpressions.map {
      "LabelSelectorRequirement{Key:\($0.key),Operator:\($0.operator.rawValue),"
        + "Values:[\($0.values.joined(separator: " "))],},"
    }
    return "&LabelSelector{MatchLabels:map[string]string{\(labels.joined())},"
      + "MatchExpressions:[]LabelSelectorRequirement{\(expressions.joined())},}"
  }
}
