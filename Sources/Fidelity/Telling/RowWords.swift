import JSON

/// Rows of controller stories in words.
enum RowWords {
  /// What a row says; `before` is the facet's row before it.
  ///
  /// A row that lacks members is told as it is.
  static func text(_ facet: String, _ row: [JSONValue], before: [JSONValue]?) -> String {
    (try? words(facet, row)) ?? raw(facet, row)
  }

  /// A facet's row without a word of explanation.
  static func raw(_ facet: String, _ row: [JSONValue]) -> String {
    "\(facet): " + row.dropFirst().map(plain).joined(separator: ", ")
  }

  private static func words(_ facet: String, _ row: [JSONValue]) throws -> String {
    let parts = facet.split(separator: "/").map(String.init)
    let values = Array(row.dropFirst())
    let aspect = parts.last ?? ""
    if parts.count > 2, parts[parts.count - 2] == "conditions" {
      return try condition(subject(parts.dropLast(2)), aspect, values)
    }
    switch parts.first {
    case "deployment": return try deployment(parts, aspect, values)
    case "replicaset":
      return try replicaSet(parts.dropFirst().dropLast().joined(separator: "/"), aspect, values)
    case "service": return try service(parts.member(1), aspect, values)
    case "hpa": return try autoscaler(parts.member(1), aspect, values)
    case "node": return try node(parts.dropFirst().joined(separator: "/"), values)
    case "events": return try event(parts, values)
    case "scheduled":
      return try "pod \(plain(values.member(0))) bound to \(plain(values.member(1)))"
    case "namespace":
      return try values.member(0).isNull ? "namespace gone" : "namespace \(plain(values.member(0)))"
    default: return raw(facet, row)
    }
  }

  private static func subject(_ parts: ArraySlice<String>) -> String {
    parts.first == "hpa"
      ? parts.joined(separator: " ") : parts.dropFirst().joined(separator: "/")
  }

  private static func condition(_ subject: String, _ type: String, _ values: [JSONValue])
    throws -> String
  {
    let message = values.count > 2 ? plain(values[2]) : ""
    return try "\(subject) \(type)=\(plain(values.member(0))) \(plain(values.member(1)))"
      + (message.isEmpty ? "" : ": \(message)")
  }

  private static func deployment(_ parts: [String], _ aspect: String, _ values: [JSONValue])
    throws -> String
  {
    let name = try parts.member(1)
    switch aspect {
    case "sizes":
      return try values.member(1).isNull
        ? "ReplicaSet \(plain(values.member(0))) deleted"
        : "ReplicaSet \(plain(values.member(0))) sized to \(plain(values.member(1)))"
    case "status":
      if try values.member(0).isNull { return "\(name) gone" }
      return "\(name): " + counts(values, ["pods", "new", "ready", "available", "not"])
    case "spec.replicas": return try "\(name) wants \(plain(values.member(0)))"
    case "revision":
      return try values.member(0).isNull
        ? "\(name) has no revision" : "\(name) at revision \(plain(values.member(0)))"
    case "deleting": return try "\(name) being deleted, finalizers \(values.member(0))"
    default: return "\(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func replicaSet(_ name: String, _ aspect: String, _ values: [JSONValue])
    throws -> String
  {
    switch aspect {
    case "status": return "\(name) says: " + counts(values, ["pods", "ready", "available"])
    case "pods": return "\(name): " + counts(values, ["pods", "ready", "ending", "not bound"])
    case "annotations":
      let words = ["revision", "desired", "max", "history"]
      return "\(name) annotated: "
        + zip(words, values).filter { !$1.isNull }.map { "\($0) \(plain($1))" }
        .joined(separator: ", ")
    case "deleted": return try "pod \(plain(values.member(0))) told to go"
    default: return "\(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func service(_ name: String, _ aspect: String, _ values: [JSONValue]) -> String {
    aspect == "slice"
      ? "slice of \(name): " + counts(values, ["ready", "serving", "ending", "in all"])
      : "endpoints of \(name): " + counts(values, ["ready", "not ready"])
  }

  private static func autoscaler(_ name: String, _ aspect: String, _ values: [JSONValue])
    throws -> String
  {
    switch aspect {
    case "status":
      return try "hpa \(name): has \(plain(values.member(0))), wants \(plain(values.member(1)))"
    case "metrics":
      let metrics = try (values.member(0).arrayValue ?? []).map { metric in
        "\(plain(metric[1] ?? .null)) "
          + (metric[2]?.objectValue ?? [:]).map { "\($0.key) \(plain($0.value))" }
          .joined(separator: ", ")
      }
      return "hpa \(name) measures "
        + (metrics.isEmpty ? "nothing" : metrics.joined(separator: "; "))
    default: return "hpa \(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func node(_ name: String, _ values: [JSONValue]) throws -> String {
    if try values.member(0).isNull { return "node \(name) gone" }
    let taints = try (values.member(2).arrayValue ?? []).map {
      "\(plain($0[0] ?? .null)):\(plain($0[1] ?? .null))"
    }
    return try "node \(name) Ready=\(plain(values.member(0))) \(plain(values.member(1))), "
      + (taints.isEmpty ? "no taints" : "taints " + taints.joined(separator: " "))
  }

  private static func event(_ parts: [String], _ values: [JSONValue]) throws -> String {
    let object = parts.dropFirst(2).joined(separator: "/")
    let count = try values.member(3).intValue ?? 1
    return try "event on \(object): \(plain(values.member(1))): \(plain(values.member(2)))"
      + (count > 1 ? ", \(count) times" : "")
  }

  static func counts(_ values: [JSONValue], _ words: [String]) -> String {
    zip(values, words).map { "\(plain($0)) \($1)" }.joined(separator: ", ")
  }

  /// A value without quotation marks.
  static func plain(_ value: JSONValue) -> String { value.stringValue ?? value.text() }
}

/// A row lacks a member that its facet's rows have.
private struct MissingMember: Error {}

extension Array {
  /// The member at a place; throws if there is none.
  func member(_ index: Int) throws -> Element {
    guard indices.contains(index) else { throw MissingMember() }
    return self[index]
  }
}
