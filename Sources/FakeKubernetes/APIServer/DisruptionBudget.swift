import JSON
import KubernetesAPI

/// What a PodDisruptionBudget says and what is known of it.
extension PodDisruptionBudget {
  /// Which pods it counts; an absent selector takes none.
  var selector: LabelSelector? {
    content["spec"]?["selector"].flatMap { try? LabelSelector(json: $0) }
  }

  /// Whether the budget counts a pod.
  func selects(_ pod: Pod) -> Bool {
    selector?.matches(pod.metadata.labels) ?? false
  }

  /// A number of the status.
  func number(_ key: String) -> Int64 { content["status"]?[key]?.integerValue ?? 0 }

  /// Says in the status whether a disruption is allowed, by `disruptionsAllowed`.
  ///
  /// Source: `pkg/apis/policy/validation/pdb` UpdateDisruptionAllowedCondition.
  mutating func updateAllowedCondition(now: Timestamp) {
    let isAllowed = number("disruptionsAllowed") > 0
    setAllowedCondition(
      isAllowed: isAllowed, reason: isAllowed ? "SufficientPods" : "InsufficientPods",
      message: "", now: now)
  }

  /// Sets the condition; the time of its last transition stays while its status does.
  mutating func setAllowedCondition(
    isAllowed: Bool, reason: String, message: String, now: Timestamp
  ) {
    var status = content["status"] ?? [:]
    var conditions = status["conditions"]?.arrayValue ?? []
    let position = conditions.firstIndex { $0["type"] == "DisruptionAllowed" }
    let text: JSONValue = isAllowed ? "True" : "False"
    let old = position.map { conditions[$0] }
    let time = old?["status"] == text ? old?["lastTransitionTime"] : nil
    let condition: JSONValue = [
      "type": "DisruptionAllowed", "status": text,
      "observedGeneration": .integer(number("observedGeneration")),
      "lastTransitionTime": time ?? .string(now.description),
      "reason": .string(reason), "message": .string(message),
    ]
    if let position { conditions[position] = condition } else { conditions.append(condition) }
    status["conditions"] = .array(conditions)
    content["status"] = status
  }
}
