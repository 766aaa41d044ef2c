package import JSON

/// An error that the API server answers with, as its `Status` object has it.
package struct StatusError: Error, Equatable, CustomStringConvertible {
  /// One field that is at fault.
  package struct Cause: Equatable, Sendable {
    package var reason: String
    package var message: String
    package var field: String

    package init(reason: String, message: String, field: String) {
      self.reason = reason
      self.message = message
      self.field = field
    }
  }

  /// The HTTP status code.
  package var code: Int
  /// The machine-readable reason, such as `NotFound` or `Conflict`.
  package var reason: String
  package var message: String
  package var causes: [Cause]
  /// The name of the object concerned.
  package var name: String
  package var group: String
  /// The plural in `details.kind`, or the kind itself where upstream puts that.
  package var kind: String
  package var uid: String
  package var retryAfterSeconds: Int?
  /// Whether details are sent although there are none.
  package var hasEmptyDetails = false

  package init(
    code: Int, reason: String, message: String, causes: [Cause] = [], name: String = "",
    group: String = "", kind: String = "", uid: String = "", retryAfterSeconds: Int? = nil
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.causes = causes
    self.name = name
    self.group = group
    self.kind = kind
    self.uid = uid
    self.retryAfterSeconds = retryAfterSeconds
  }

  package var description: String { message }

  package var isNotFound: Bool { reason == "NotFound" }
  package var isConflict: Bool { reason == "Conflict" }
  package var isAlreadyExists: Bool { reason == "AlreadyExists" }

  /// The `Status` object.
  package var json: JSONValue {
    var details = JSONObject()
    details.putText("name", name)
    details.putText("group", group)
    details.putText("kind", kind)
    details.putText("uid", uid)
    if !causes.isEmpty {
      details["causes"] = .array(
        causes.map { cause in
          var object = JSONObject()
          object.putText("reason", cause.reason)
          object.putText("message", cause.message)
          object.putText("field", cause.field)
          return .object(object)
        })
    }
    details.put("retryAfterSeconds", retryAfterSeconds)
    var object: JSONObject = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
      "message": .string(message),
    ]
    object.putText("reason", reason)
    if !details.isEmpty || hasEmptyDetails { object["details"] = .object(details) }
    object["code"] = .integer(Int64(code))
    return .object(object)
  }
}

extension StatusError {
  /// 404: the object does not exist.
  package static func notFound(_ resource: ResourceType, _ name: String) -> StatusError {
    StatusError(
      code: 404, reason: "NotFound", message: "\(resource.qualifiedName) \"\(name)\" not found",
      name: name, group: resource.group, kind: resource.plural)
  }

  /// 409: an object of that name exists.
  package static func alreadyExists(_ resource: ResourceType, _ name: String) -> StatusError {
    StatusError(
      code: 409, reason: "AlreadyExists",
      message: "\(resource.qualifiedName) \"\(name)\" already exists", name: name,
      group: resource.group, kind: resource.plural)
  }

  /// 409: the write was made from an older version or does not fit the object's state.
  package static func conflict(_ resource: ResourceType, _ name: String, _ why: String)
    -> StatusError
  {
    StatusError(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": \(why)",
      name: name, group: resource.group, kind: resource.plural)
  }

  /// 409: someone else wrote first.
  package static func modified(_ resource: ResourceType, _ name: String) -> StatusError {
    conflict(
      resource, name,
      "the object has been modified; please apply your changes to the latest version and try again")
  }

  /// 422: fields are at fault.
  package static func invalid(_ resource: ResourceType, _ name: String, _ causes: [Cause])
    -> StatusError
  {
    var texts: [String] = []
    for cause in causes {
      let text = cause.field.isEmpty ? cause.message : "\(cause.field): \(cause.message)"
      if !texts.contains(text) { texts.append(text) }
    }
    let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    let kind = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
    return StatusError(
      code: 422, reason: "Invalid", message: "\(kind) \"\(name)\" is invalid: \(list)",
      causes: causes, name: name, group: resource.group, kind: resource.kind)
  }

  /// 400: the request makes no sense.
  package static func badRequest(_ message: String) -> StatusError {
    StatusError(code: 400, reason: "BadRequest", message: message)
  }

  /// 403: a rule of the cluster forbids it.
  package static func forbidden(_ resource: ResourceType, _ name: String, _ why: String)
    -> StatusError
  {
    let quoted = name.isEmpty ? "" : " \"\(name)\""
    return StatusError(
      code: 403, reason: "Forbidden",
      message: "\(resource.qualifiedName)\(quoted) is forbidden: \(why)", name: name,
      group: resource.group, kind: resource.plural)
  }

  /// 410: the version asked for is no longer known.
  package static func expired(_ version: String, _ oldest: String) -> StatusError {
    StatusError(
      code: 410, reason: "Expired",
      message: "too old resource version: \(version) (\(oldest))")
  }
}
