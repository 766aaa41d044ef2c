import JSON
import KubernetesAPI

/// Autoscalers as `autoscaling/v1` shows them: what v1 lacks stands in annotations.
///
/// Source: `pkg/apis/autoscaling/v1/conversion.go`.
enum AutoscalerV1 {
  private static let prefix = HorizontalPodAutoscaler.annotationPrefix

  /// The v1 form of a v2 autoscaler.
  static func view(of json: JSONValue) -> JSONValue {
    var result = json
    result["apiVersion"] = "autoscaling/v1"
    var spec = json["spec"] ?? [:]
    let metrics = spec["metrics"]?.arrayValue ?? []
    // Only the first metric of the processor is looked at, but all that are in percent are v1's.
    spec["targetCPUUtilizationPercentage"] = metrics.first(where: isCPU).flatMap(wantedPercent)
    let others = metrics.filter { !isCPU($0) || wantedPercent($0) == nil }
    var annotations: [(String, JSONValue)] = []
    if !others.isEmpty { annotations.append(("metrics", .array(others.map(specInV1)))) }
    if let behavior = spec["behavior"] { annotations.append(("behavior", rules(behavior))) }
    spec["metrics"] = nil
    spec["behavior"] = nil
    result["spec"] = spec
    let given = json["status"] ?? [:]
    var status: JSONValue = [
      "currentReplicas": given["currentReplicas"] ?? 0,
      "desiredReplicas": given["desiredReplicas"] ?? 0,
    ]
    status["lastScaleTime"] = given["lastScaleTime"]
    status["observedGeneration"] = given["observedGeneration"]
    let current = given["currentMetrics"]?.arrayValue ?? []
    if !current.isEmpty {
      annotations.append(("current-metrics", .array(current.map(statusInV1))))
      status["currentCPUUtilizationPercentage"] =
        current.filter(isCPU).compactMap {
          $0.value(at: "resource", "current", "averageUtilization")
        }.last
    }
    if let conditions = given["conditions"] { annotations.append(("conditions", conditions)) }
    result["status"] = status
    for (name, value) in annotations {
      var all = result.value(at: "metadata", "annotations") ?? [:]
      all[prefix + name] = .string(marshalled(value))
      result["metadata"]?["annotations"] = all
    }
    return result
  }

  /// The v2 form of a v1 autoscaler.
  static func stored(_ json: JSONValue) -> JSONValue {
    var result = json
    result["apiVersion"] = "autoscaling/v2"
    func annotation(_ name: String) -> JSONValue? {
      guard let text = json.value(at: "metadata", "annotations", prefix + name)?.stringValue else {
        return nil
      }
      return try? JSONValue(parsing: text)
    }
    var metrics = (annotation("metrics")?.arrayValue ?? []).map(specInV2)
    if let percent = json.value(at: "spec", "targetCPUUtilizationPercentage"), percent != .null {
      metrics.append(MetricSpec.cpuUtilization(percent: percent.intValue ?? 0).json)
    }
    if json["spec"] != nil {
      result["spec"]?["targetCPUUtilizationPercentage"] = nil
      result["spec"]?["metrics"] = metrics.isEmpty ? nil : .array(metrics)
      let behavior = annotation("behavior").map(lowered)
      result["spec"]?["behavior"] = behavior == [:] ? nil : behavior
    }
    if let status = json["status"] {
      var current: [JSONValue] = []
      if let known = annotation("current-metrics")?.arrayValue {
        // They tell more than the percentage, whatever that says.
        current = known.map(statusInV2)
      } else if let percent = status["currentCPUUtilizationPercentage"], percent != .null {
        current = [
          [
            "type": "Resource",
            "resource": ["name": "cpu", "current": ["averageUtilization": percent]],
          ]
        ]
      }
      result["status"]?["currentCPUUtilizationPercentage"] = nil
      result["status"]?["currentMetrics"] = .array(current)
      result["status"]?["conditions"] = annotation("conditions")
    }
    return result
  }

  private static func isCPU(_ metric: JSONValue) -> Bool {
    metric["type"] == "Resource" && metric.value(at: "resource", "name") == "cpu"
  }

  private static func wantedPercent(_ metric: JSONValue) -> JSONValue? {
    metric.value(at: "resource", "target", "averageUtilization")
  }

  /// The text that Go's `json.Marshal` makes, which escapes what means something in HTML.
  private static func marshalled(_ value: JSONValue) -> String {
    let text = value.text()
    if !text.utf8.contains(where: { $0 == 60 || $0 == 62 || $0 == 38 }) { return text }
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// The internal form of a behaviour, whose members have no JSON names of their own.
  private static func rules(_ behavior: JSONValue) -> JSONValue {
    func direction(_ name: String) -> JSONValue {
      guard let given = behavior[name] else { return .null }
      let policies = (given["policies"]?.arrayValue ?? []).map { policy -> JSONValue in
        [
          "Type": policy["type"] ?? "", "Value": policy["value"] ?? 0,
          "PeriodSeconds": policy["periodSeconds"] ?? 0,
        ]
      }
      return [
        "StabilizationWindowSeconds": given["stabilizationWindowSeconds"] ?? .null,
        "SelectPolicy": given["selectPolicy"] ?? .null, "Policies": .array(policies),
        "Tolerance": given["tolerance"] ?? .null,
      ]
    }
    return ["ScaleUp": direction("scaleUp"), "ScaleDown": direction("scaleDown")]
  }

  private static func lowered(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(
          object.filter { $0.value != .null }
            .map { ($0.key.prefix(1).lowercased() + $0.key.dropFirst(), lowered($0.value)) }))
    case .array(let elements): .array(elements.map(lowered))
    case .null, .bool, .integer, .number, .string: value
    }
  }
}
