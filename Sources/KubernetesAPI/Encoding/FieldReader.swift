package import JSON

/// A JSON value of the wrong type for its field, with the path of the field.
package struct DecodingFailure: Error, Equatable, CustomStringConvertible {
  /// The member names from the object's root, innermost last.
  package var path: [String]
  /// What was found and what the field takes.
  package var message: String
  /// The name of the innermost type with the field.
  package var owner = ""
  /// The type that the field takes, as Go names it; nil where the message stands for itself.
  package var wanted: String?
  /// What kind of value was found.
  package var found = ""
  /// The whole text, where Go's decoder has one of its own.
  package var text: String?

  package init(path: [String] = [], message: String) {
    self.path = path
    self.message = message
  }

  /// The path and the message, as Go's decoder words them.
  package var description: String {
    if let text { return text }
    guard let wanted else {
      return "json: cannot unmarshal \(message) (field \(path.joined(separator: ".")))"
    }
    let field = path.joined(separator: ".")
    return
      "json: cannot unmarshal \(found) into Go struct field \(owner).\(field) of type \(wanted)"
  }
}

/// A value with a JSON form; members that it does not know are dropped on reading.
package protocol JSONConvertible: Equatable, Sendable {
  /// Reads the known members.
  init(_ fields: FieldReader) throws
  /// Adds the members in upstream's order, leaving out what is empty.
  func write(to object: inout JSONObject)
}

extension JSONConvertible {
  /// Reads a JSON object; throws `DecodingFailure`.
  package init(json: JSONValue) throws {
    guard case .object(let object) = json else {
      throw DecodingFailure(message: "\(json.kindName) into object")
    }
    do {
      try self.init(FieldReader(object))
    } catch var failure as DecodingFailure {
      if failure.owner.isEmpty { failure.owner = "\(Self.self)" }
      throw failure
    }
  }

  /// The JSON form.
  package var json: JSONValue {
    var object = JSONObject()
    write(to: &object)
    return .object(object)
  }
}

/// Typed access to the members of a JSON object; `null` counts as absent.
package struct FieldReader {
  /// The object that is read.
  package let object: JSONObject

  package init(_ object: JSONObject) { self.object = object }

  /// The member, nil if absent or `null`.
  package func value(_ key: String) -> JSONValue? {
    guard let value = object[key], value != .null else { return nil }
    return value
  }

  /// A member that is kept as it was given, without the nulls in it.
  package func given(_ key: String) -> JSONValue? { value(key)?.withoutNulls }

  /// Members that nothing here looks at; what upstream leaves out when empty is left out.
  package func kept(_ keys: [String]) -> JSONObject {
    var result = JSONObject()
    for key in keys {
      guard let value = given(key), value != [], value != "" else { continue }
      result[key] = value
    }
    return result
  }

  package func string(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw mismatch(key, value, "string") }
    return text
  }

  package func text(_ key: String) throws -> String { try string(key) ?? "" }

  package func int(_ key: String) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let integer = value.intValue, Int32(exactly: integer) != nil else {
      throw mismatch(key, value, "int32")
    }
    return integer
  }

  package func int64(_ key: String) throws -> Int64? {
    guard let value = value(key) else { return nil }
    guard let integer = value.integerValue else { throw mismatch(key, value, "int64") }
    return integer
  }

  package func bool(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value else { throw mismatch(key, value, "bool") }
    return flag
  }

  package func strings(_ key: String) throws -> [String] {
    try elements(key).map { element in
      guard case .string(let text) = element else { throw mismatch(key, element, "string") }
      return text
    }
  }

  package func stringMap(_ key: String) throws -> [String: String] {
    guard let value = value(key) else { return [:] }
    guard case .object(let object) = value else {
      throw mismatch(key, value, "map[string]string")
    }
    var result: [String: String] = [:]
    for (name, element) in object {
      switch element {
      case .string(let text): result[name] = text
      case .null: result[name] = ""
      case .bool, .integer, .number, .array, .object: throw mismatch(key, element, "string")
      }
    }
    return result
  }

  /// A map of bytes as base64.
  package func base64Map(_ key: String) throws -> [String: String] {
    let result = try stringMap(key)
    for (_, text) in result.sorted(by: { $0.key < $1.key }) {
      if let position = Base64.fault(in: text) {
        throw failure("illegal base64 data at input byte \(position)")
      }
    }
    return result
  }

  /// The members of a member, nil if absent or `null`.
  package func members(_ key: String) throws -> FieldReader? {
    guard let value = value(key) else { return nil }
    guard case .object(let object) = value else { throw mismatch(key, value, "object") }
    return FieldReader(object)
  }

  /// The members of each element of a list.
  package func memberList(_ key: String) throws -> [FieldReader] {
    try elements(key).map { element in
      guard case .object(let object) = element else { throw mismatch(key, element, "object") }
      return FieldReader(object)
    }
  }

  package func timestamp(_ key: String) throws -> Timestamp? {
    guard let text = try string(key), !text.isEmpty else { return nil }
    if let time = Timestamp(text) { return time }
    throw TimeText.fault(of: text, layout: TimeText.seconds).map(failure)
      ?? mismatch(
        key, .string(text), "Time")
  }

  /// A time with six decimals, in UTC.
  package func microTime(_ key: String) throws -> String? {
    guard let text = try string(key), !text.isEmpty else { return nil }
    if let fault = TimeText.fault(of: text, layout: TimeText.microseconds) { throw failure(fault) }
    guard let time = Timestamp(text) else { throw mismatch(key, .string(text), "MicroTime") }
    var digits = text.drop { $0 != "." }.dropFirst().prefix { "0123456789".contains($0) }.prefix(6)
    while digits.count < 6 { digits += "0" }
    return time.microText(microseconds: Int64(digits) ?? 0)
  }

  package func intOrString(_ key: String) throws -> IntOrString? {
    guard let value = value(key) else { return nil }
    guard let result = IntOrString(json: value) else {
      throw mismatch(key, value, "int or string")
    }
    return result
  }

  package func quantity(_ key: String) throws -> Quantity? {
    guard let value = value(key) else { return nil }
    return try quantity(value, at: key)
  }

  package func resources(_ key: String) throws -> ResourceList {
    guard let value = value(key) else { return [:] }
    guard case .object(let object) = value else { throw mismatch(key, value, "object") }
    var result = ResourceList()
    for (name, element) in object {
      result[name] = try quantity(element, at: key).roundedToThousandths
    }
    return result
  }

  package func nested<Value: JSONConvertible>(
    _ key: String, as type: Value.Type = Value.self
  ) throws -> Value? {
    guard let value = value(key) else { return nil }
    return try convert(value, at: key)
  }

  package func list<Value: JSONConvertible>(
    _ key: String, of type: Value.Type = Value.self
  ) throws -> [Value] {
    try elements(key).map { try convert($0, at: key) }
  }

  private func convert<Value: JSONConvertible>(_ value: JSONValue, at key: String) throws -> Value {
    guard case .object(let object) = value else { throw mismatch(key, value, "object") }
    do {
      return try Value(FieldReader(object))
    } catch var failure as DecodingFailure {
      failure.path.insert(key, at: 0)
      if failure.owner.isEmpty { failure.owner = "\(Value.self)" }
      throw failure
    }
  }

  private func elements(_ key: String) throws -> [JSONValue] {
    guard let value = value(key) else { return [] }
    guard case .array(let elements) = value else { throw mismatch(key, value, "array") }
    return elements
  }

  private func quantity(_ value: JSONValue, at key: String) throws -> Quantity {
    let text = value.stringValue ?? value.text()
    if let quantity = Quantity(text) { return quantity }
    throw failure(
      QuantityText(text) == nil || text.isEmpty
        ? "quantities must match the regular expression "
          + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        : "unable to parse quantity's suffix")
  }

  /// A failure that Go tells without a place.
  private func failure(_ text: String) -> DecodingFailure {
    var failure = DecodingFailure(message: "")
    failure.text = text
    return failure
  }

  private func mismatch(_ key: String, _ value: JSONValue, _ wanted: String) -> DecodingFailure {
    var failure = DecodingFailure(
      path: [key], message: "\(value.kindName) into field of type \(wanted)")
    failure.found = value.kindName
    failure.wanted = wanted
    if wanted.hasPrefix("int"), value.doubleValue != nil { failure.found += " \(value.text())" }
    return failure
  }
}

extension JSONValue {
  /// The value without members that are null; elements of lists stay.
  fileprivate var withoutNulls: JSONValue {
    switch self {
    case .object(let members):
      var result = JSONObject()
      for (key, value) in members where value != .null { result[key] = value.withoutNulls }
      return .object(result)
    case .array(let elements): return .array(elements.map(\.withoutNulls))
    case .null, .bool, .integer, .number, .string: return self
    }
  }
}
