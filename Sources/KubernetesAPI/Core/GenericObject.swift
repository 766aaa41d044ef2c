package import JSON

/// A kind that no controller here interprets: its members are kept as they are given.
package protocol GenericObject: KubernetesObject {
  var content: JSONObject { get set }
}

extension GenericObject {
  package mutating func readBody(_ fields: FieldReader) throws { keepMembers(fields) }

  fileprivate mutating func keepMembers(_ fields: FieldReader) {
    for (key, value) in fields.object {
      if key == "apiVersion" || key == "kind" || key == "metadata" || value == .null { continue }
      content[key] = value
    }
  }

  package func writeBody(to object: inout JSONObject) {
    for (key, value) in content { object[key] = value }
  }

  package mutating func takeStatus(from other: Self) { content["status"] = other.content["status"] }

  package mutating func takeSpec(from other: Self) {
    let status = content["status"]
    content = other.content
    content["status"] = status
  }
}

/// Configuration files and values.
package struct ConfigMap: GenericObject {
  package static let resource = ResourceType(
    kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    _ = try fields.stringMap("data")
    keepMembers(fields)
  }
}

/// Configuration that is not for everyone's eyes.
package struct Secret: GenericObject {
  package static let resource = ResourceType(kind: "Secret", plural: "secrets")
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    for (_, text) in try fields.stringMap("data").sorted(by: { $0.key < $1.key }) {
      if let position = Self.illegalBase64(text) {
        var failure = DecodingFailure(message: "")
        failure.text = "illegal base64 data at input byte \(position)"
        throw failure
      }
    }
    keepMembers(fields)
  }

  /// Where a text stops being base64 with padding (RFC 4648), nil if it does not.
  private static func illegalBase64(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let end = bytes.lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? 0
    if let position = bytes[..<end].firstIndex(where: { !digits.contains($0) }) { return position }
    if bytes.count % 4 == 0, bytes.count - end <= 2 { return nil }
    return end == bytes.count ? end : end + 1
  }
}

/// A limit on what the objects of a namespace may use together.
package struct ResourceQuota: GenericObject {
  package static let resource = ResourceType(
    kind: "ResourceQuota", plural: "resourcequotas", shortNames: ["quota"],
    subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}

/// A limit on voluntary disruptions.
package struct PodDisruptionBudget: GenericObject {
  package static let resource = ResourceType(
    group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets",
    shortNames: ["pdb"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}
