package import JSON

/// Whether a condition holds.
package enum ConditionStatus: String, Sendable {
  case `true` = "True"
  case `false` = "False"
  case unknown = "Unknown"

  /// The library's own would compare the texts.
  package static func != (left: Self, right: Self) -> Bool { !(left == right) }
}

/// One observed aspect of an object's state, such as `Ready` or `Progressing`.
///
/// One type for all kinds: which of the times are used depends on the kind.
package struct Condition: JSONConvertible {
  package var type = ""
  package var status = ConditionStatus.unknown
  package var reason = ""
  package var message = ""
  package var lastTransitionTime: Timestamp?
  /// Deployments only.
  package var lastUpdateTime: Timestamp?
  /// Nodes only.
  package var lastHeartbeatTime: Timestamp?
  /// Pods only, and there null unless something is looked at again and again.
  package var lastProbeTime: Timestamp?
  /// Pods only.
  package var observedGeneration: Int64?

  package init() {}

  package init(
    type: String, status: ConditionStatus, reason: String = "", message: String = "",
    lastTransitionTime: Timestamp? = nil
  ) {
    self.type = type
    self.status = status
    self.reason = reason
    self.message = message
    self.lastTransitionTime = lastTransitionTime
  }

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    let text = try fields.text("status")
    guard let parsed = ConditionStatus(rawValue: text) else {
      throw DecodingFailure(path: ["status"], message: "\"\(text)\" into a condition status")
    }
    status = parsed
    reason = try fields.text("reason")
    message = try fields.text("message")
    lastTransitionTime = try fields.timestamp("lastTransitionTime")
    lastUpdateTime = try fields.timestamp("lastUpdateTime")
    lastHeartbeatTime = try fields.timestamp("lastHeartbeatTime")
    lastProbeTime = try fields.timestamp("lastProbeTime")
    observedGeneration = try fields.int64("observedGeneration")
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("status", status.rawValue)
    object.put("observedGeneration", observedGeneration)
    object.put("lastProbeTime", lastProbeTime)
    object.put("lastHeartbeatTime", lastHeartbeatTime)
    object.put("lastUpdateTime", lastUpdateTime)
    object["lastTransitionTime"] = lastTransitionTime.map { .string($0.description) } ?? .null
    object.putText("reason", reason)
    object.putText("message", message)
  }
}

extension [Condition] {
  /// The conditions with null where these times are absent, as kinds write them that always have
  /// them.
  package func json(withNull keys: [String]) -> JSONValue {
    .array(
      map { condition in
        var json = condition.json
        for key in keys where json[key] == nil { json[key] = .some(.null) }
        return json
      })
  }

  /// The condition of that type.
  package func first(_ type: String) -> Condition? { index(of: type).map { self[$0] } }

  /// Where the condition of that type is.
  ///
  /// Lengths are compared first: those of nearly all types differ, and it is asked for often.
  package func index(of type: String) -> Int? {
    let length = type.utf8.count
    return firstIndex { $0.type.utf8.count == length && $0.type == type }
  }

  /// The status of the condition of that type, nil if there is none.
  package func status(_ type: String) -> ConditionStatus? {
    index(of: type).map { self[$0].status }
  }

  /// Whether the condition of that type is there and true.
  package func isTrue(_ type: String) -> Bool {
    index(of: type).map { self[$0].status == .true } ?? false
  }
}
