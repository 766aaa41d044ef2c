import JSON

/// Rows of kubelet stories in words.
enum KubeletRowWords {
  /// What a row says; of a status only what changed since the row before.
  ///
  /// A row that lacks members is told as it is.
  static func text(_ facet: String, _ row: [JSONValue], before: [JSONValue]?) -> String {
    (try? words(facet, row, before: before)) ?? RowWords.raw(facet, row)
  }

  private static func words(
    _ facet: String, _ row: [JSONValue], before: [JSONValue]?
  ) throws -> String {
    let values = Array(row.dropFirst())
    let name = facet.split(separator: "/").dropFirst().joined(separator: "/")
    switch facet.prefix(while: { $0 != "/" }) {
    case "status": return try status(values, before.map { Array($0.dropFirst()) })
    case "conditions": return try condition("pod", name, values)
    case "message":
      return try
        "\(name) \(plain(values.member(0))) \(plain(values.member(1))): \(plain(values.member(2)))"
    case "lastState":
      let hasMessage = values.count > 2 && values[2] != "" && !values[2].isNull
      let message = hasMessage ? ": \(plain(values[2]))" : ""
      return try
        "\(name) ended before: \(plain(values.member(0))), code \(plain(values.member(1)))\(message)"
        + (values.count > 3 ? ", \(plain(values.member(3))) restarts" : "")
    case "generation":
      return try "generation \(plain(values.member(0))), "
        + (values.member(1).isNull ? "not observed" : "observed \(plain(values.member(1)))")
    case "marked": return try "marked for deletion, grace \(plain(values.member(0))) s"
    case "deleted": return "pod gone"
    case "events": return try event(values)
    case "logs":
      return try "log ?\(plain(values.member(0))): \(plain(values.member(1))) \(values.member(2))"
    case "node": return try node(name, values)
    default: return RowWords.raw(facet, row)
    }
  }

  private static func condition(_ subject: String, _ type: String, _ values: [JSONValue])
    throws -> String
  {
    let rest = values.dropFirst().map(plain).filter { !$0.isEmpty && $0 != "null" }
    return try "\(subject) \(type)=\(plain(values.member(0)))"
      + (rest.isEmpty ? "" : " " + rest.joined(separator: ": "))
  }

  private static func status(_ values: [JSONValue], _ before: [JSONValue]?) throws -> String {
    var parts: [String] = []
    if before?.first != values.first { parts.append(try "pod \(plain(values.member(0)))") }
    let (conditions, containers) = try (values.member(1), values.member(2))
    let known = try before.map { try ($0.member(1), $0.member(2)) }
    for (type, status) in conditions.objectValue ?? [:] where known?.0[type] != status {
      parts.append("\(type)=\(plain(status))")
    }
    for (type, _) in known?.0.objectValue ?? [:] where conditions[type] == nil {
      parts.append("\(type) gone")
    }
    for (name, state) in containers.objectValue ?? [:] where known?.1[name] != state {
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

  private static func event(_ values: [JSONValue]) throws -> String {
    let count = try plain(values.member(3))
    let path = values.count > 5 ? plain(values[5]) : ""
    let field = path.isEmpty ? "" : " on " + path.replacing("spec.", with: "")
    return try "event \(plain(values.member(1)))\(field): \(plain(values.member(2)))"
      + (count == "1" ? "" : ", \(count) times")
  }

  private static func node(_ name: String, _ values: [JSONValue]) throws -> String {
    if name.hasPrefix("conditions/") {
      return try condition("node", String(name.dropFirst("conditions/".count)), values)
    }
    if name == "events" {
      return try
        "event \(plain(values.member(1))): \(plain(values.member(2))) [\(plain(values.member(3)))]"
    }
    return "node \(name): " + values.map(plain).joined(separator: ", ")
  }

  private static func plain(_ value: JSONValue) -> String { RowWords.plain(value) }
}
