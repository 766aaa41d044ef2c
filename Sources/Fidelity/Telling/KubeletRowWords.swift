import JSON

/// Rows of kubelet stories in words.
enum KubeletRowWords {
  /// What a row says; of a status only what changed since the row before.
  static func text(_ facet: String, _ row: [JSONValue], before: [JSONValue]?) -> String {
    let values = Array(row.dropFirst())
    let name = facet.split(separator: "/").dropFirst().joined(separator: "/")
    switch facet.prefix(while: { $0 != "/" }) {
    case "status": return status(values, before.map { Array($0.dropFirst()) })
    case "conditions": return condition("pod", name, values)
    case "message": return "\(name) \(plain(values[0])) \(plain(values[1])): \(plain(values[2]))"
    case "lastState":
      let hasMessage = values.count > 2 && values[2] != "" && !values[2].isNull
      let message = hasMessage ? ": \(plain(values[2]))" : ""
      return "\(name) ended before: \(plain(values[0])), code \(plain(values[1]))\(message)"
        + (values.count > 3 ? ", \(plain(values[3])) restarts" : "")
    case "generation":
      return "generation \(plain(values[0])), "
        + (values[1].isNull ? "not observed" : "observed \(plain(values[1]))")
    case "marked": return "marked for deletion, grace \(plain(values[0])) s"
    case "deleted": return "pod gone"
    case "events": return event(values)
    case "logs": return "log ?\(plain(values[0])): \(plain(values[1])) \(values[2])"
    case "node": return node(name, values)
    default: return "\(facet): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func condition(_ subject: String, _ type: String, _ values: [JSONValue]) -> String
  {
    let rest = values.dropFirst().map(plain).filter { !$0.isEmpty && $0 != "null" }
    return "\(subject) \(type)=\(plain(values[0]))"
      + (rest.isEmpty ? "" : " " + rest.joined(separator: ": "))
  }

  private static func status(_ values: [JSONValue], _ before: [JSONValue]?) -> String {
    var parts: [String] = []
    if before?.first != values.first { parts.append("pod \(plain(values[0]))") }
    for (type, status) in values[1].objectValue ?? [:] where before?[1][type] != status {
      parts.append("\(type)=\(plain(status))")
    }
    for (type, _) in before?[1].objectValue ?? [:] where values[1][type] == nil {
      parts.append("\(type) gone")
    }
    for (name, state) in values[2].objectValue ?? [:] where before?[2][name] != state {
      parts.append(container(name, state))
    }
    if values.count > 3, before?.count ?? 0 < 4 || before?[3] != values[3] {
      for (key, value) in values[3].objectValue ?? [:] {
        parts.append(key == "deleting" ? "being deleted" : "\(key) \(plain(value))")
      }
    }
    return parts.isEmpty ? "pod seen" : parts.joined(separator: ", ")
  }

  /// State, reason, ready, started, restarts and, if it ended, the code.
  private static func container(_ name: String, _ state: JSONValue) -> String {
    var text = "\(name) \(plain(state[0] ?? .null))"
    if let reason = state[1], !reason.isNull { text += " \(plain(reason))" }
    if let code = state[5], !code.isNull { text += " (\(plain(code)))" }
    text += state[2] == true ? ", ready" : ", not ready"
    if let restarts = state[4]?.intValue, restarts > 0 { text += ", restarted \(restarts)x" }
    return text
  }

  private static func event(_ values: [JSONValue]) -> String {
    let count = plain(values[3])
    let path = values.count > 5 ? plain(values[5]) : ""
    let field = path.isEmpty ? "" : " on " + path.replacing("spec.", with: "")
    return "event \(plain(values[1]))\(field): \(plain(values[2]))"
      + (count == "1" ? "" : ", \(count) times")
  }

  private static func node(_ name: String, _ values: [JSONValue]) -> String {
    if name.hasPrefix("conditions/") {
      return condition("node", String(name.dropFirst("conditions/".count)), values)
    }
    if name == "events" {
      return "event \(plain(values[1])): \(plain(values[2])) [\(plain(values[3]))]"
    }
    return "node \(name): " + values.map(plain).joined(separator: ", ")
  }

  private static func plain(_ value: JSONValue) -> String { RowWords.plain(value) }
}
