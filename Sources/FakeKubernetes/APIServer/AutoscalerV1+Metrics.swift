import JSON
import KubernetesAPI

/// Metrics in the flat form that `autoscaling/v1` keeps in annotations.
///
/// Amounts that v1 cannot leave out are `0` there and come back as such, so that not every metric
/// survives the way there and back. Source: `pkg/apis/autoscaling/v1/conversion.go`, and
/// `k8s.io/api/autoscaling/v1/types.go` for the order of members.
extension AutoscalerV1 {
  private static let sources = ["object", "pods", "resource", "containerResource", "external"]

  /// The v1 form of a wanted metric.
  static func specInV1(_ metric: JSONValue) -> JSONValue {
    converted(metric) { source, given in
      let target = given["target"] ?? [:]
      switch source {
      case "object":
        var result = described(given)
        result["targetValue"] = target["value"] ?? "0"
        result["selector"] = selector(given)
        result["averageValue"] = target["averageValue"]
        return result
      case "pods":
        return pods(given, "targetAverageValue", target)
      case "external":
        var result = external(given)
        result["targetValue"] = target["value"]
        result["targetAverageValue"] = target["averageValue"]
        return result
      default:
        var result: JSONValue = ["name": given["name"] ?? ""]
        result["targetAverageUtilization"] = target["averageUtilization"]
        result["targetAverageValue"] = target["averageValue"]
        result["container"] = source == "resource" ? nil : given["container"] ?? ""
        return result
      }
    }
  }

  /// The v1 form of a measured metric.
  static func statusInV1(_ metric: JSONValue) -> JSONValue {
    converted(metric) { source, given in
      let current = given["current"] ?? [:]
      switch source {
      case "object":
        var result = described(given)
        result["currentValue"] = current["value"] ?? "0"
        result["selector"] = selector(given)
        result["averageValue"] = current["averageValue"]
        return result
      case "pods":
        return pods(given, "currentAverageValue", current)
      case "external":
        var result = external(given)
        result["currentValue"] = current["value"] ?? "0"
        result["currentAverageValue"] = current["averageValue"]
        return result
      default:
        var result: JSONValue = ["name": given["name"] ?? ""]
        result["currentAverageUtilization"] = current["averageUtilization"]
        result["currentAverageValue"] = current["averageValue"] ?? "0"
        result["container"] = source == "resource" ? nil : given["container"] ?? ""
        return result
      }
    }
  }

  /// The v2 form of a wanted metric.
  static func specInV2(_ metric: JSONValue) -> JSONValue {
    converted(metric) { source, given in
      var target: JSONValue = [:]
      switch source {
      case "object":
        target["type"] = given["averageValue"] == nil ? "Value" : "AverageValue"
        target["value"] = given["targetValue"] ?? "0"
        target["averageValue"] = given["averageValue"]
      case "pods":
        target["type"] = "AverageValue"
        target["averageValue"] = given["targetAverageValue"] ?? "0"
      case "external":
        target["type"] = given["targetValue"] == nil ? "AverageValue" : "Value"
        target["value"] = given["targetValue"]
        target["averageValue"] = given["targetAverageValue"]
      default:
        let percent = given["targetAverageUtilization"]
        target["type"] = percent == nil ? "AverageValue" : "Utilization"
        target["averageValue"] = given["targetAverageValue"]
        target["averageUtilization"] = percent
      }
      return named(source, given, "target", target)
    }
  }

  /// The v2 form of a measured metric.
  static func statusInV2(_ metric: JSONValue) -> JSONValue {
    converted(metric) { source, given in
      var current: JSONValue = [:]
      switch source {
      case "object":
        current["value"] = given["currentValue"] ?? "0"
        current["averageValue"] = given["averageValue"]
      case "external":
        current["value"] = given["currentValue"] ?? "0"
        current["averageValue"] = given["currentAverageValue"]
      default:
        current["averageValue"] = given["currentAverageValue"] ?? "0"
        current["averageUtilization"] = given["currentAverageUtilization"]
      }
      return named(source, given, "current", current)
    }
  }

  private static func converted(
    _ metric: JSONValue, _ convert: (String, JSONValue) -> JSONValue
  ) -> JSONValue {
    var result: JSONValue = ["type": metric["type"] ?? ""]
    for source in sources {
      guard let given = metric[source], given != .null else { continue }
      result[source] = convert(source, given)
    }
    return result
  }

  private static func named(
    _ source: String, _ given: JSONValue, _ part: String, _ amounts: JSONValue
  ) -> JSONValue {
    var result: JSONValue = [part: amounts]
    switch source {
    case "resource", "containerResource":
      result["name"] = given["name"]
      result["container"] = given["container"]
    default:
      var metric: JSONValue = ["name": given["metricName"] ?? ""]
      metric["selector"] = given[source == "external" ? "metricSelector" : "selector"]
      result["metric"] = metric
      result["describedObject"] = given["target"]
    }
    return result
  }

  private static func selector(_ given: JSONValue) -> JSONValue? {
    given.value(at: "metric", "selector")
  }

  private static func described(_ given: JSONValue) -> JSONValue {
    [
      "target": given["describedObject"] ?? ["kind": "", "name": ""],
      "metricName": given.value(at: "metric", "name") ?? "",
    ]
  }

  private static func pods(_ given: JSONValue, _ name: String, _ amounts: JSONValue) -> JSONValue {
    var result: JSONValue = ["metricName": given.value(at: "metric", "name") ?? ""]
    result[name] = amounts["averageValue"] ?? "0"
    result["selector"] = selector(given)
    return result
  }

  private static func external(_ given: JSONValue) -> JSONValue {
    var result: JSONValue = ["metricName": given.value(at: "metric", "name") ?? ""]
    result["metricSelector"] = selector(given)
    return result
  }
}
