import JSON

/// Rules for the kinds whose members are kept as given, source `pkg/apis/core/v1/defaults.go`.
extension Secret {
  package mutating func applyDefaults() {
    if content["type"] == nil { content["type"] = "Opaque" }
    guard let texts = content["stringData"]?.objectValue else { return }
    var data = content["data"]?.objectValue ?? [:]
    for (key, value) in texts {
      data[key] = .string(Self.base64(Array((value.stringValue ?? "").utf8)))
    }
    content["stringData"] = nil
    if !data.isEmpty { content["data"] = .object(data) }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    if content["type"] != old.content["type"] {
      causes.invalid("type", content["type"]?.text() ?? "\"\"", "field is immutable")
    }
    GenericRules.validateImmutable(content, old.content, ["data"], &causes)
  }

  /// RFC 4648 with padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for position in 0..<4 {
        let digit = alphabet[bits >> (18 - 6 * position) & 63]
        result.append(position <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension ResourceQuota {
  package mutating func applyDefaults() {
    var spec = content["spec"] ?? [:]
    spec["hard"] = Self.canonical(spec["hard"])
    content["spec"] = spec
    var status = content["status"] ?? [:]
    for part in ["hard", "used"] { status[part] = Self.canonical(status[part]) }
    content["status"] = status
  }

  package mutating func prepareForCreate() { content["status"] = [:] }

  /// Amounts as upstream writes them.
  private static func canonical(_ amounts: JSONValue?) -> JSONValue? {
    guard let amounts = amounts?.objectValue else { return amounts }
    return .object(
      JSONObject(
        amounts.map { name, value in
          let quantity = Quantity(value.stringValue ?? value.text())
          return (name, quantity.map { .string($0.roundedToThousandths.description) } ?? value)
        }))
  }
}

extension PodDisruptionBudget {
  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool { content["spec"] == other.content["spec"] }

  package mutating func applyDefaults() {
    if content["spec"] == nil { content["spec"] = [:] }
    var status = content["status"] ?? [:]
    for key in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"]
    where status[key] == nil {
      status[key] = 0
    }
    content["status"] = status
  }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    content["status"] = nil
    applyDefaults()
  }
}

extension ConfigMap {
  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    GenericRules.validateImmutable(content, old.content, ["data", "binaryData"], &causes)
  }
}

/// What Secrets and ConfigMaps have in common.
private enum GenericRules {
  static func validateImmutable(
    _ content: JSONObject, _ old: JSONObject, _ parts: [String], _ causes: inout CauseList
  ) {
    guard old["immutable"] == true else { return }
    if content["immutable"] != true {
      causes.forbidden("immutable", "field is immutable when `immutable` is set")
    }
    for part in parts where content[part] != old[part] {
      causes.forbidden(part, "field is immutable when `immutable` is set")
    }
  }
}
