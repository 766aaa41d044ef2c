import JSON
import KubernetesAPI

/// Which part of a list is wanted, as of which version.
private struct ListPage {
  /// At most so many; nil: all.
  var limit: Int?
  /// Only what comes after this place of the store.
  var start = ""
  /// As it was at that version; nil: as it is.
  var version: Int64?
}

extension APIServer {
  func respondList<Object: KubernetesObject>(_ request: APIRequest, _ type: Object.Type)
    throws(StatusError) -> APIResponse
  {
    let page = try page(request)
    let query = try request.selection(type)
    let all = places(try state(of: type, namespace: request.namespace, at: page.version), query)
      .drop { !page.start.isEmpty && $0.place <= page.start }
    var objects: [Object] = []
    var rest = all
    while let object = rest.first, objects.count < page.limit ?? .max {
      rest = rest.dropFirst()
      if query.matches(object) { objects.append(object) }
    }
    let version = page.version ?? version
    var body = listBody(objects, version: version, apiVersion: request.apiVersion)
    // Whether what is left is selected is looked at only when it is asked for.
    if !rest.isEmpty, let last = objects.last {
      body["metadata"]?["continue"] = .string(ContinueToken(version, last.place).text)
      if query.isEmpty { body["metadata"]?["remainingItemCount"] = .integer(Int64(rest.count)) }
    }
    return APIResponse(code: 200, body: body)
  }

  /// Source: `apimachinery/pkg/apis/meta/internalversion/validation/validation.go`,
  /// `apiserver/pkg/storage/etcd3/store.go` GetList.
  private func page(_ request: APIRequest) throws(StatusError) -> ListPage {
    let query = request.query
    let limit = try request.number("limit") ?? 0
    _ = try request.number("timeoutSeconds")
    let (given, match) = (query["resourceVersion"] ?? "", query["resourceVersionMatch"] ?? "")
    let token = query["continue"] ?? ""
    try Self.checkMatch(match, version: given, token: token)
    var page = ListPage()
    if limit > 0 { page.limit = Int(limit) }
    if !token.isEmpty {
      if !["", "0"].contains(given) {
        throw .badRequest("specifying resource version is not allowed when using continue")
      }
      let read = try ContinueToken(text: token)
      page.start = read.start
      page.version = read.version
    } else if !given.isEmpty {
      guard let wanted = UInt64(given) else {
        throw .badRequest(
          "invalid resource version: resourceVersion: Invalid value: \(given.goQuoted): "
            + "strconv.ParseUint: parsing \(given.goQuoted): invalid syntax")
      }
      if wanted > UInt64(version) { throw .tooLarge(wanted, version) }
      let isExact = match == "Exact" || match.isEmpty && limit > 0 && wanted > 0
      if isExact { page.version = Int64(wanted) }
    }
    return page
  }

  private static func checkMatch(_ match: String, version: String, token: String)
    throws(StatusError)
  {
    if match.isEmpty { return }
    var causes = CauseList()
    let field = "resourceVersionMatch"
    if version.isEmpty {
      causes.forbidden(
        field, "resourceVersionMatch is forbidden unless resourceVersion is provided")
    }
    if !token.isEmpty {
      causes.forbidden(field, "resourceVersionMatch is forbidden when continue is provided")
    }
    if !["Exact", "NotOlderThan"].contains(match) {
      causes.notSupported(field, match, ["Exact", "NotOlderThan", ""])
    } else if match == "Exact", version == "0" {
      causes.forbidden(
        field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
    }
    try APIRequest.refuse("ListOptions", causes)
  }

  /// The objects that the store looks through: one if the fields name it, else all in its order.
  ///
  /// Source: `apiserver/pkg/registry/generic/registry/store.go` ListPredicate. In the store a
  /// hyphen goes before the slash behind a namespace.
  private func places<Object: KubernetesObject>(_ objects: [Object], _ query: ListSelection)
    -> [Object]
  {
    let sorted = query.namespace.isEmpty ? objects.sorted { $0.place < $1.place } : objects
    guard let name = query.name, !query.namespace.isEmpty || !Object.resource.isNamespaced else {
      return sorted
    }
    return sorted.filter { $0.metadata.name == name }
  }

  /// The objects as they were at a version, by undoing what came later.
  private func state<Object: KubernetesObject>(
    of type: Object.Type, namespace: String, at version: Int64?
  ) throws(StatusError) -> [Object] {
    let present = list(type, namespace: namespace.isEmpty ? nil : namespace)
    guard let version, version < self.version else { return present }
    let table = table(type)
    if version < table.historyStart { throw .expired }
    var byPlace: [String: Object] = [:]
    for object in present { byPlace[object.place] = object }
    for change in table.history.reversed() where change.version > version {
      if !namespace.isEmpty, change.key.namespace != namespace { continue }
      byPlace[change.object.place] = change.previous
    }
    return byPlace.sorted { $0.key < $1.key }.map(\.value)
  }

  func listBody<Object: KubernetesObject>(
    _ objects: [Object], version: Int64, apiVersion: String
  ) -> JSONValue {
    let isOld = Object.self is HorizontalPodAutoscaler.Type && apiVersion == "autoscaling/v1"
    let items = objects.map { object -> JSONValue in
      var json = isOld ? AutoscalerV1.view(of: object.json) : object.json
      json["apiVersion"] = nil
      json["kind"] = nil
      return json
    }
    return [
      "kind": .string("\(Object.resource.kind)List"), "apiVersion": .string(apiVersion),
      "metadata": ["resourceVersion": .string(String(version))], "items": .array(items),
    ]
  }

  func respondDeleteCollection<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> APIResponse {
    let options = try request.deleteOptions()
    let query = try request.selection(type)
    let present = try state(of: type, namespace: request.namespace, at: nil)
    let objects = places(present, query).filter(query.matches)
    let body = listBody(objects, version: version, apiVersion: request.apiVersion)
    for object in objects {
      try delete(type, object.metadata.namespace, object.metadata.name, options: options)
    }
    return APIResponse(code: 200, body: body)
  }
}

/// What a list's labels and fields select.
private struct ListSelection {
  var namespace: String
  var labels: LabelQuery
  var fields: FieldQuery

  /// Whether they select everything.
  var isEmpty: Bool { labels.requirements.isEmpty && fields.terms.isEmpty }

  /// The only name that is selected, nil if more than one may be.
  var name: String? {
    fields.terms.first { $0.field == "metadata.name" && $0.isEqual }?.value
  }

  func matches<Object: KubernetesObject>(_ object: Object) -> Bool {
    labels.matches(object.metadata.labels) && fields.matches(object) ?? false
  }
}

extension APIRequest {
  /// `v1` or `apps/v1`.
  var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// Reads the selectors of the query; throws 400 if they are none.
  fileprivate func selection<Object: KubernetesObject>(_ type: Object.Type) throws(StatusError)
    -> ListSelection
  {
    let labelQuery: LabelQuery
    switch LabelQuery.parsed(query["labelSelector"] ?? "") {
    case .success(let query): labelQuery = query
    case .failure(let fault): throw .badRequest(fault.message)
    }
    let fieldQuery: FieldQuery
    switch FieldQuery.parsed(query["fieldSelector"] ?? "") {
    case .success(let query): fieldQuery = query
    case .failure(let fault): throw .badRequest(fault.message)
    }
    for term in fieldQuery.terms where Object().selectableField(term.field) == nil {
      throw .badRequest(Self.unknownField(term.field, of: Object.resource))
    }
    return ListSelection(namespace: namespace, labels: labelQuery, fields: fieldQuery)
  }

  /// Some kinds have rules of their own for fields, the others those of all kinds.
  ///
  /// Source: `pkg/apis/core/v1/conversion.go`, `apimachinery/pkg/runtime/conversion.go`.
  private static func unknownField(_ field: String, of resource: ResourceType) -> String {
    let kinds = ["Pod", "Node", "Event", "Namespace", "Secret", "Service"]
    return kinds.contains(resource.kind)
      ? "field label not supported: \(field)"
      : "\(field.goQuoted) is not a known field selector: only \"metadata.name\", "
        + "\"metadata.namespace\""
  }
}

extension KubernetesObject {
  /// Where the store keeps it, as `namespace/name`.
  fileprivate var place: String { key.description }
}

/// Where a list that was cut short goes on; opaque to clients.
///
/// Source of the form: `apiserver/pkg/storage/continue.go`.
private struct ContinueToken {
  var version: Int64
  /// The place of the last object that was told.
  var start: String

  init(_ version: Int64, _ start: String) {
    self.version = version
    self.start = start
  }

  var text: String {
    let value: JSONValue = [
      "v": "meta.k8s.io/v1", "rv": .integer(version), "start": .string(start),
    ]
    return URLBase64.encode(Array(value.text().utf8))
  }

  init(text: String) throws(StatusError) {
    func fault(_ why: String) -> StatusError {
      .badRequest("invalid continue token: continue key is not valid: \(why)")
    }
    guard let bytes = URLBase64.decode(text) else {
      throw fault("illegal base64 data at input byte \(text.utf8.count)")
    }
    let json = String(decoding: bytes, as: UTF8.self)
    guard let value = try? JSONValue(parsing: json) else {
      let first = json.first.map(String.init) ?? ""
      throw fault("invalid character '\(first)' looking for beginning of value")
    }
    let form = value["v"]?.stringValue ?? ""
    if form != "meta.k8s.io/v1" {
      throw fault("server does not recognize this encoded version \(form)")
    }
    version = value["rv"]?.integerValue ?? 0
    start = value["start"]?.stringValue ?? ""
  }
}

/// Base64 for URLs without padding, RFC 4648 section 5.
private enum URLBase64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | Int(byte)
      count += 8
      while count >= 6 {
        count -= 6
        result.append(alphabet[bits >> count & 63])
      }
      bits &= 1 << count - 1
    }
    if count > 0 { result.append(alphabet[bits << (6 - count) & 63]) }
    return String(decoding: result, as: UTF8.self)
  }

  static func decode(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in text.utf8 {
      guard let digit = alphabet.firstIndex(of: byte) else { return nil }
      bits = bits << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(bits >> count & 0xFF))
        bits &= 1 << count - 1
      }
    }
    return result
  }
}

extension StatusError {
  /// 504: a version that is not there yet.
  fileprivate static func tooLarge(_ version: UInt64, _ current: Int64) -> StatusError {
    var error = StatusError(
      code: 504, reason: "Timeout",
      message: "Timeout: Too large resource version: \(version), current: \(current)",
      retryAfterSeconds: 1)
    error.causes = [
      Cause(
        reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "")
    ]
    return error
  }

  /// 410: a list of a version that is no longer known.
  fileprivate static var expired: StatusError {
    StatusError(
      code: 410, reason: "Expired",
      message: "The resourceVersion for the provided list is too old.")
  }
}
