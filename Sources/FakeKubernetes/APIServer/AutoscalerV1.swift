import JSON
import KubernetesAPI

/// Autoscalers as `autoscaling/v1` shows them: what v1 lacks stands in annotations.
///
/// Source: `pkg/apis/autoscaling/v1/conversion.go`. Of the metrics, those of resources are shown.
enum AutoscalerV1 {
  private static let prefix = "autoscaling.alpha.kubernetes.io/"

  /// The v1 form of a v2 autoscaler.
  static func view(of json: JSONValue) -> JSONValue {
    var result = json
    result["apiVersion"] = "autoscaling/v1"
    var spec = json["spec"] ?? [:]
    var metrics = spec["metrics"]?.arrayValue ?? []
    if let position = metrics.firstIndex(where: isCPU) {
      let percent = metrics[position].value(at: "resource", "target", "averageUtilization")
      if let percent {
        spec["targetCPUUtilizationPercentage"] = percent
        metrics.remove(at: position)
      }
    }
    var annotations: [(String, JSONValue)] = []
    if !metrics.isEmpty { annotations.append(("metrics", .array(metrics.map(specInV1)))) }
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
        current.first(where: isCPU)?.value(at: "resource", "current", "averageUtilization")
    }
    if let conditions = given["conditions"] { annotations.append(("conditions", conditions)) }
    result["status"] = status
    for (name, value) in annotations {
      var all = result.value(at: "metadata", "annotations") ?? [:]
      all[prefix + name] = .string(value.text())
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
      result["spec"]?["behavior"] = annotation("behavior").map(lowered)
    }
    if let status = json["status"] {
      var current = (annotation("current-metrics")?.arrayValue ?? []).map(statusInV2)
      if let percent = status["currentCPUUtilizationPercentage"] {
        current.removeAll(where: isCPU)
        current.append([
          "type": "Resource",
          "resource": ["name": "cpu", "current": ["averageUtilization": percent]],
        ])
      }
      result["status"]?["currentCPUUtilizationPercentage"] = nil
      result["status"]?["currentMetrics"] = .array(current)
      result["status"]?["conditions"] = annotation("conditions")
    }
    if let annotations = json.value(at: "metadata", "annotations")?.objectValue {
      result["metadata"]?["annotations"] = .object(
        JSONObject(annotations.filter { !$0.key.hasPrefix(prefix) }))
    }
    return result
  }

  private static func isCPU(_ metric: JSONValue) -> Bool {
    metric["type"] == "Resource" && metric.value(at: "resource", "name") == "cpu"
  }

  /// Renames members of a resource metric and leaves out what is absent.
  private static func specInV1(_ metric: JSONValue) -> JSONValue {
    guard let resource = metric["resource"] else { return metric }
    var changed: JSONValue = ["name": resource["name"] ?? ""]
    changed["targetAverageUtilization"] = resource.value(at: "target", "averageUtilization")
    changed["targetAverageValue"] = resource.value(at: "target", "averageValue")
    return ["type": "Resource", "resource": changed]
  }

  private static func specInV2(_ metric: JSONValue) -> JSONValue {
    guard let resource = metric["resource"] else { return metric }
    let percent = resource["targetAverageUtilization"]
    var target: JSONValue = ["type": percent == nil ? "AverageValue" : "Utilization"]
    target["averageUtilization"] = percent
    target["averageValue"] = resource["targetAverageValue"]
    return [
      "type": "Resource", "resource": ["name": resource["name"] ?? "", "target": target],
    ]
  }

  private static func statusInV1(_ metric: JSONValue) -> JSONValue {
    guard let resource = metric["resource"] else { return metric }
    var changed: JSONValue = ["name": resource["name"] ?? ""]
    changed["currentAverageUtilization"] = resource.value(at: "current", "averageUtilization")
    changed["currentAverageValue"] = resource.value(at: "current", "averageValue") ?? "0"
    return ["type": "Resource", "resource": changed]
  }

  private static func statusInV2(_ metric: JSONValue) -> JSONValue {
    guard let resource = metric["resource"] else { return metric }
    var current: JSONValue = [:]
    current["averageUtilization"] = resource["currentAverageUtilization"]
    if resource["currentAverageValue"] != "0" {
      current["averageValue"] = resource["currentAverageValue"]
    }
    return [
      "type": "Resource", "resource": ["name": resource["name"] ?? "", "current": current],
    ]
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
