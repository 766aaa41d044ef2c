/// A JSON document or a part of one.
///
/// Integers that fit 64 bits stay exact; every other number is a `Double`. `integer(1)` and
/// `number(1)` are different values. There is no `nil` literal: `condition ? nil : value` would then
/// silently be `null` where an absent member is meant.
public enum JSONValue: Equatable, Sendable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without fraction or exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// A map with the order of its members kept.
  case object(JSONObject)
}

extension JSONValue {
  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The truth value, nil for any other kind.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The integer, also of a whole `Double`, nil for any other kind.
  public var integerValue: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): wholeNumber(value)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The integer as an `Int`.
  public var intValue: Int? { integerValue.flatMap { Int(exactly: $0) } }

  /// The number, integers converted, nil for any other kind.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The text, nil for any other kind.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, nil for any other kind.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, nil for any other kind.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of that name; nil if this is no object or has no such member.
  ///
  /// Setting on anything but an object makes it an object; setting nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get { objectValue?[key] }
    set {
      var object = objectValue ?? JSONObject()
      self = .null
      object[key] = newValue
      self = .object(object)
    }
  }

  /// The element at that index; nil if this is no array or is too short.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The value that a path of member names leads to.
  public func value(at path: String...) -> JSONValue? {
    var current = self
    for key in path {
      guard let next = current[key] else { return nil }
      current = next
    }
    return current
  }

  /// What kind of value this is, as JSON calls it.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes a truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Makes an object; of members with the same name the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }

  /// Makes an integer.
  public init(_ value: Int) { self = .integer(Int64(value)) }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON text.
  public var description: String { text() }
}

/// The integer equal to a number.
///
/// Without `Int64(exactly:)`, which calls the C library's `round`.
private func wholeNumber(_ value: Double) -> Int64? {
  guard value >= -0x1p63, value < 0x1p63 else { return nil }
  let whole = Int64(value)
  return Double(whole) == value ? whole : nil
}
