package import JSON

/// Requests and what a real API server answered, from `golden/api`.
package struct ExchangeRecording {
  /// A request with its answer.
  struct Exchange {
    var method: String
    var path: String
    var headers: JSONObject
    var body: JSONValue?
    var status: Int
    var warnings: JSONValue
    /// The wanted body, nil if it is no JSON.
    var answer: JSONValue?
    /// Whether the answer is to have no body at all.
    var isBare: Bool
    var isContained: Bool
  }

  package let name: String
  package let topic: String
  package let shows: String
  let namespaces: [String]
  let exchanges: [Exchange]
  let comparesManagedFields: Bool
  /// What the recording takes that only HTTP brings, empty if nothing.
  package let needs: String

  /// Reads a recording; throws if the document is none.
  package init(json: JSONValue) throws {
    let fields = FieldAccess(json)
    name = try fields.text("name")
    topic = try fields.text("topic")
    shows = try fields.text("shows")
    namespaces = (json["namespaces"]?.arrayValue ?? []).compactMap(\.stringValue)
    comparesManagedFields = json["managedFields"] == "kept"
    var exchanges: [Exchange] = []
    var needs = json["needs"]?.stringValue ?? ""
    for item in json["exchanges"]?.arrayValue ?? [] {
      let request = FieldAccess(item["request"] ?? .null)
      let response = item["response"] ?? .null
      let headers = request.json["headers"]?.objectValue ?? [:]
      if request.json["text"] != nil || request.json["base64"] != nil { needs = "raw bodies" }
      if response["events"] != nil { needs = "watches" }
      if response["text"] != nil { needs = "answers in text" }
      if headers["Accept"] != nil { needs = "content negotiation" }
      exchanges.append(
        Exchange(
          method: try request.text("method"), path: try request.text("path"), headers: headers,
          body: request.json["body"], status: response["status"]?.intValue ?? 0,
          warnings: response["warnings"] ?? [], answer: response["body"],
          isBare: response["text"] == "",
          isContained: item["match"] == "contains"))
    }
    self.exchanges = exchanges
    self.needs = needs
  }

  /// The topics whose recordings hold without HTTP.
  package static let topics = [
    "create", "delete", "generation", "patch", "status", "scale", "namespace", "pod", "service",
    "hpa", "quota", "eviction",
  ]
}

/// A document that is no recording.
package struct MalformedRecording: Error, CustomStringConvertible {
  package let description: String
}

private struct FieldAccess {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  func text(_ key: String) throws -> String {
    guard let text = json[key]?.stringValue else {
      throw MalformedRecording(description: "the recording has no \"\(key)\"")
    }
    return text
  }
}
