import JSON
import KubernetesAPI

/// In which form a client wants the answer: whole objects, or their metadata only.
///
/// Source: `apiserver/pkg/endpoints/handlers/negotiation`, `handlers/response.go`. Tables are made
/// by the HTTP layer.
enum AcceptedForm: Equatable {
  case whole
  /// One object's metadata, of that version of `meta.k8s.io`.
  case metadata(version: String)
  /// A list of metadata.
  case metadataList(version: String)

  private static let types = [
    "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
  ]

  /// Reads an Accept header; throws 406 if nothing that is served is wanted.
  static func wanted(_ header: String?, isList: Bool) throws(StatusError) -> AcceptedForm {
    guard let header else { return .whole }
    let clauses = header.split(separator: ",").map(Clause.init)
    let streams = isList ? [0, 2].map { "\(types[$0]);stream=watch" } : []
    if !clauses.contains(where: { $0.type == "*/*" || types.contains($0.type) }) {
      var error = StatusError(
        code: 406, reason: "NotAcceptable",
        message: "406: Not Acceptable\n\nAvailable representations: "
          + (types + streams).joined(separator: ", "))
      error.hasEmptyDetails = true
      throw error
    }
    for clause in clauses where clause.type == "*/*" || clause.type == types[0] {
      if let form = clause.form { return form }
    }
    throw StatusError(
      code: 406, reason: "NotAcceptable",
      message: "only the following media types are accepted: \(types.joined(separator: ", "))")
  }

  /// One media type of the header with its parameters.
  private struct Clause {
    let type: String
    private let parameters: [String: String]

    init(_ text: Substring) {
      let parts = text.split(separator: ";").map { $0.drop { $0 == " " } }
      type = String(parts.first ?? "")
      var parameters: [String: String] = [:]
      for part in parts.dropFirst() {
        let pair = part.split(separator: "=", maxSplits: 1)
        parameters[String(pair[0])] = pair.count == 2 ? String(pair[1]) : ""
      }
      self.parameters = parameters
    }

    /// What the parameters ask for; nil: nothing that there is.
    var form: AcceptedForm? {
      guard let kind = parameters["as"] else { return .whole }
      guard parameters["g"] == "meta.k8s.io", let version = parameters["v"],
        ["v1", "v1beta1"].contains(version)
      else { return nil }
      switch kind {
      case "PartialObjectMetadata": return .metadata(version: version)
      case "PartialObjectMetadataList": return .metadataList(version: version)
      case "Table": return .whole
      default: return nil
      }
    }
  }

  /// The answer in this form; a Status stays as it is.
  func shown(_ body: JSONValue, _ resource: ResourceType) throws(StatusError) -> JSONValue {
    if body["kind"] == "Status" { return body }
    let isList = body["items"] != nil
    switch self {
    case .whole: return body
    case .metadata(let version):
      if isList { throw refusal("PartialObjectMetadata", "a list", resource, "List") }
      return Self.metadata(of: body, version)
    case .metadataList(let version):
      if !isList { throw refusal("PartialObjectMetadataList", "not a list", resource, "") }
      let items = (body["items"]?.arrayValue ?? []).map { Self.metadata(of: $0, version) }
      return [
        "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(version)"),
        "metadata": body["metadata"] ?? [:], "items": items.isEmpty ? .null : .array(items),
      ]
    }
  }

  private static func metadata(of object: JSONValue, _ version: String) -> JSONValue {
    [
      "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
      "metadata": object["metadata"] ?? [:],
    ]
  }

  private func refusal(
    _ kind: String, _ what: String, _ resource: ResourceType, _ suffix: String
  ) -> StatusError {
    StatusError(
      code: 406, reason: "NotAcceptable",
      message: "you requested \(kind), but the requested object is \(what) "
        + "(*\(resource.internalPackage).\(resource.kind)\(suffix))")
  }
}

extension ResourceType {
  /// The Go package of the kind's internal type, as messages name it.
  var internalPackage: String {
    group.isEmpty ? "core" : String(group.split(separator: ".")[0])
  }
}
