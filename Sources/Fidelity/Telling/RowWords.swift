import JSON

/// Rows of controller stories in words.
enum RowWords {
  /// What a row says; `before` is the facet's row before it.
  static func text(_ facet: String, _ row: [JSONValue], before: [JSONValue]?) -> String {
    let parts = facet.split(separator: "/").map(String.init)
    let values = Array(row.dropFirst())
    let aspect = parts.last ?? ""
    if parts.count > 2, parts[parts.count - 2] == "conditions" {
      return condition(subject(parts.dropLast(2)), aspect, values)
    }
    switch parts.first {
    case "deployment": return deployment(parts, aspect, values)
    case "replicaset":
      return replicaSet(parts.dropFirst().dropLast().joined(separator: "/"), aspect, values)
    case "service": return service(parts[1], aspect, values)
    case "hpa": return autoscaler(parts[1], aspect, values)
    case "node": return node(parts.dropFirst().joined(separator: "/"), values)
    case "events": return event(parts, values)
    case "scheduled": return "pod \(plain(values[0])) bound to \(plain(values[1]))"
    case "namespace": return values[0].isNull ? "namespace gone" : "namespace \(plain(values[0]))"
    default: return "\(facet): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func subject(_ parts: ArraySlice<String>) -> String {
    parts.first == "hpa"
      ? parts.joined(separator: " ") : parts.dropFirst().joined(separator: "/")
  }

  private static func condition(_ subject: String, _ type: String, _ values: [JSONValue]) -> String
  {
    let message = values.count > 2 ? plain(values[2]) : ""
    return "\(subject) \(type)=\(plain(values[0])) \(plain(values[1]))"
      + (message.isEmpty ? "" : ": \(message)")
  }

  private static func deployment(_ parts: [String], _ aspect: String, _ values: [JSONValue])
    -> String
  {
    let name = parts[1]
    switch aspect {
    case "sizes":
      return values[1].isNull
        ? "ReplicaSet \(plain(values[0])) deleted"
        : "ReplicaSet \(plain(values[0])) sized to \(plain(values[1]))"
    case "status":
      if values[0].isNull { return "\(name) gone" }
      return "\(parts[1]): " + counts(values, ["pods", "new", "ready", "available", "not"])
    case "spec.replicas": return "\(name) wants \(plain(values[0]))"
    case "revision":
      return values[0].isNull
        ? "\(name) has no revision" : "\(name) at revision \(plain(values[0]))"
    case "deleting": return "\(name) being deleted, finalizers \(values[0])"
    default: return "\(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func replicaSet(_ name: String, _ aspect: String, _ values: [JSONValue]) -> String
  {
    switch aspect {
    case "status": return "\(name) says: " + counts(values, ["pods", "ready", "available"])
    case "pods": return "\(name): " + counts(values, ["pods", "ready", "ending", "not bound"])
    case "annotations":
      let words = ["revision", "desired", "max", "history"]
      return "\(name) annotated: "
        + zip(words, values).filter { !$1.isNull }.map { "\($0) \(plain($1))" }
        .joined(separator: ", ")
    case "deleted": return "pod \(plain(values[0])) told to go"
    default: return "\(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func service(_ name: String, _ aspect: String, _ values: [JSONValue]) -> String {
    aspect == "slice"
      ? "slice of \(name): " + counts(values, ["ready", "serving", "ending", "in all"])
      : "endpoints of \(name): " + counts(values, ["ready", "not ready"])
  }

  private static func autoscaler(_ name: String, _ aspect: String, _ values: [JSONValue]) -> String
  {
    switch aspect {
    case "status": return "hpa \(name): has \(plain(values[0])), wants \(plain(values[1]))"
    case "metrics":
      let metrics = (values[0].arrayValue ?? []).map { metric in
        "\(plain(metric[1] ?? .null)) "
          + (metric[2]?.objectValue ?? [:]).map { "\($0.key) \(plain($0.value))" }
          .joined(separator: ", ")
      }
      return "hpa \(name) measures "
        + (metrics.isEmpty ? "nothing" : metrics.joined(separator: "; "))
    default: return "hpa \(name) \(aspect): " + values.map(plain).joined(separator: ", ")
    }
  }

  private static func node(_ name: String, _ values: [JSONValue]) -> String {
    if values[0].isNull { return "node \(name) gone" }
    let taints = (values[2].arrayValue ?? []).map {
      "\(plain($0[0] ?? .null)):\(plain($0[1] ?? .null))"
    }
    return "node \(name) Ready=\(plain(values[0])) \(plain(values[1])), "
      + (taints.isEmpty ? "no taints" : "taints " + taints.joined(separator: " "))
  }

  private static func event(_ parts: [String], _ values: [JSONValue]) -> String {
    let object = parts.dropFirst(2).joined(separator: "/")
    let count = values[3].intValue ?? 1
    return "event on \(object): \(plain(values[1])): \(plain(values[2]))"
      + (count > 1 ? ", \(count) times" : "")
  }

  static func counts(_ values: [JSONValue], _ words: [String]) -> String {
    zip(values, words).map { "\(plain($0)) \($1)" }.joined(separator: ", ")
  }

  /// A value without quotation marks.
  static func plain(_ value: JSONValue) -> String { value.stringValue ?? value.text() }
}
