package import KubernetesAPI

/// What the resource metrics API says of one pod.
package struct PodMetrics: Equatable, Sendable {
  /// Usage of one container: CPU in millicores, memory in thousandths of a byte.
  package struct ContainerMetrics: Equatable, Sendable {
    package var name: String
    package var usageMilli: AmountByResource

    package init(name: String, usageMilli: AmountByResource) {
      self.name = name
      self.usageMilli = usageMilli
    }
  }

  package var name: String
  package var containers: [ContainerMetrics]
  /// When the sample was taken, nanoseconds since 1970.
  package var timestampNanoseconds: Int64
  package var windowNanoseconds: Int64

  package init(
    name: String, containers: [ContainerMetrics], timestampNanoseconds: Int64,
    windowNanoseconds: Int64
  ) {
    self.name = name
    self.containers = containers
    self.timestampNanoseconds = timestampNanoseconds
    self.windowNanoseconds = windowNanoseconds
  }

  /// The sum of all containers' usage, or of one's; how many there are and how many tell none.
  func usage(of resource: String, container: String) -> (milli: Int64, counted: Int, missing: Int) {
    containers.withUnsafeBufferPointer { containers in
      var (milli, counted, missing): (Int64, Int, Int) = (0, 0, 0)
      for index in containers.indices
      where container.isEmpty || containers[index].name == container {
        counted += 1
        if let value = containers[index].usageMilli[resource] {
          milli += value
        } else {
          missing += 1
        }
      }
      return (milli, counted, missing)
    }
  }
}

/// Amounts by resource: CPU and memory, which every pod has, need no dictionary.
package struct AmountByResource: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  private var cpu: Int64?
  private var memory: Int64?
  private var others: [String: Int64] = [:]

  package init(cpu: Int64, memory: Int64) {
    self.cpu = cpu
    self.memory = memory
  }

  package init(dictionaryLiteral elements: (String, Int64)...) {
    for (name, amount) in elements { self[name] = amount }
  }

  package var isEmpty: Bool { cpu == nil && memory == nil && others.isEmpty }

  /// The amount of a resource, nil if there is none of it.
  package subscript(name: String) -> Int64? {
    get {
      switch name {
      case "cpu": cpu
      case "memory": memory
      default: others[name]
      }
    }
    set {
      switch name {
      case "cpu": cpu = newValue
      case "memory": memory = newValue
      default: others[name] = newValue
      }
    }
  }
}

/// The metrics APIs that an autoscaler reads: resource, custom and external.
///
/// Errors carry the client's words, such as `AutoscalerError.unavailable`.
package protocol MetricsSource: AnyObject {
  /// The pods of a namespace that a selector takes.
  func podMetrics(namespace: String, selector: LabelQuery) throws(AutoscalerError) -> [PodMetrics]
  /// A custom metric of each pod, in thousandths, by pod.
  func customMetric(
    _ name: String, namespace: String, selector: LabelQuery, metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> PodSamples
  /// A custom metric of an object, in thousandths.
  func objectMetric(
    _ name: String, namespace: String, object: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64
  /// The values of an external metric, in thousandths.
  func externalMetric(
    _ name: String, namespace: String, selector: LabelSelector?
  ) throws(AutoscalerError) -> [Int64]
}

extension AutoscalerError {
  /// 503 to a request, such as `pods.metrics.k8s.io`: a resource, and the name where there is one.
  ///
  /// Source: `apimachinery/pkg/api/errors/errors.go` NewGenericServerResponse.
  static func unavailable(_ request: String) -> AutoscalerError {
    AutoscalerError("the server is currently unable to handle the request (get \(request))")
  }
}

extension MetricsSource {
  /// There is no custom metrics API unless a source has one.
  package func customMetric(
    _ name: String, namespace: String, selector: LabelQuery, metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> PodSamples {
    throw AutoscalerError("no custom metrics API (custom.metrics.k8s.io) registered")
  }

  package func objectMetric(
    _ name: String, namespace: String, object: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64 {
    throw AutoscalerError("no custom metrics API (custom.metrics.k8s.io) registered")
  }

  package func externalMetric(
    _ name: String, namespace: String, selector: LabelSelector?
  ) throws(AutoscalerError) -> [Int64] {
    throw AutoscalerError(
      "the server could not find the requested resource (get \(name).external.metrics.k8s.io)")
  }
}
