package import JSON
package import KubernetesAPI

/// One call of the API, whatever carried it here.
package struct APIRequest {
  /// What is asked for, as authorisation names it.
  package enum Verb: String, Sendable {
    case get
    case list
    case create
    case update
    case patch
    case delete
    case deleteCollection = "deletecollection"
    /// A method that no place takes.
    case other
  }

  package var verb: Verb
  /// The API group, empty for the core group.
  package var group = ""
  package var version = "v1"
  /// The plural, such as `pods`.
  package var resource = ""
  /// Empty for kinds without a namespace and for lists of all namespaces.
  package var namespace = ""
  package var name = ""
  package var subresource = ""
  package var query: [String: String] = [:]
  package var body: JSONValue?
  /// The Accept header, nil if there is none.
  package var accept: String?
  package var patchType = PatchType.strategicMerge

  package init(_ verb: Verb) { self.verb = verb }
}

/// The answer to a call of the API.
package struct APIResponse {
  /// The HTTP status code.
  package var code: Int
  package var body: JSONValue
  /// Texts for people, as the Warning header carries them.
  package var warnings: [String] = []

  package init(code: Int, body: JSONValue) {
    self.code = code
    self.body = body
  }

  init(_ error: StatusError) { self.init(code: error.code, body: error.json) }
}

extension APIRequest {
  /// Reads an HTTP method and a path with its query; nil if the API has no such place.
  ///
  /// Source: `apiserver/pkg/endpoints/request/requestinfo.go`.
  package init?(method: String, path: String) {
    let halves = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var parts = halves[0].split(separator: "/").map { Self.unescaped($0) }
    self.init(.get)
    guard let root = parts.first, root == "api" || root == "apis" else { return nil }
    guard parts.count > (root == "api" ? 2 : 3) else { return nil }
    if root == "apis" { group = parts[1] }
    version = parts[root == "api" ? 1 : 2]
    parts.removeFirst(root == "api" ? 2 : 3)
    let isNamespaceItself =
      parts.count == 3 && (parts[2] == "status" || parts[2] == "finalize")
    if parts.count >= 3, parts[0] == "namespaces", !isNamespaceItself {
      namespace = parts[1]
      parts.removeFirst(2)
    }
    guard (1...3).contains(parts.count) else { return nil }
    resource = parts[0]
    if parts.count > 1 { name = parts[1] }
    if parts.count > 2 { subresource = parts[2] }
    switch method {
    case "GET": verb = name.isEmpty ? .list : .get
    case "POST": verb = .create
    case "PUT": verb = .update
    case "PATCH": verb = .patch
    case "DELETE": verb = name.isEmpty ? .deleteCollection : .delete
    default: verb = .other
    }
    if halves.count == 2 { query = Self.query(halves[1]) }
  }

  /// Whether the place is that of many objects, or of a kind's subresource without a name.
  var isCollection: Bool { name.isEmpty }

  private static func query(_ text: Substring) -> [String: String] {
    var result: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result[unescaped(parts[0])] = parts.count == 2 ? unescaped(parts[1]) : ""
    }
    return result
  }

  /// Undoes percent-encoding (RFC 3986); what is no escape stands for itself.
  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    let given = Array(text.utf8)
    var position = 0
    while position < given.count {
      if given[position] == 0x25, position + 2 < given.count,
        let byte = UInt8(
          String(decoding: given[position + 1...position + 2], as: UTF8.self),
          radix: 16)
      {
        bytes.append(byte)
        position += 3
      } else {
        bytes.append(given[position] == 0x2B ? 0x20 : given[position])
        position += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
