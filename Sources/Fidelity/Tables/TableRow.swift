package import JSON

/// A row of a table of upstream's unit tests: inputs and what they give.
package struct TableRow: Sendable {
  package let name: String
  /// The inputs.
  package let input: JSONValue
  /// What upstream gives for them, by name.
  package let want: JSONValue
  /// Whether the row is reported but not judged.
  package let isDisputed: Bool

  package init(_ json: JSONValue) {
    name = json["name"]?.stringValue ?? ""
    input = json["in"] ?? .null
    want = json["want"] ?? .null
    isDisputed = json["disputed"]?.boolValue ?? false
  }

  private init(_ row: TableRow, input: JSONValue) {
    name = row.name
    self.input = input
    want = row.want
    isDisputed = row.isDisputed
  }

  /// The same row, its input replaced by a part of it.
  func inside(_ part: JSONValue) -> TableRow { TableRow(self, input: part) }
}

/// A row that does not have the fields that its table needs.
package struct TableError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Readers of the input; those without `optional` throw `TableError` where the field is not there.
extension TableRow {
  func value(_ key: String) -> JSONValue? {
    guard let value = input[key], !value.isNull else { return nil }
    return value
  }

  private func require<Value>(_ key: String, _ value: Value?) throws -> Value {
    guard let value else { throw TableError("\(key) is \(input[key] ?? .null)") }
    return value
  }

  func text(_ key: String) throws -> String { try require(key, input[key]?.stringValue) }
  func optionalText(_ key: String) -> String? { input[key]?.stringValue }
  func int(_ key: String) throws -> Int { try require(key, input[key]?.intValue) }
  func optionalInt(_ key: String) -> Int? { input[key]?.intValue }
  func int64(_ key: String) throws -> Int64 { try require(key, input[key]?.integerValue) }
  func double(_ key: String) throws -> Double { try require(key, input[key]?.doubleValue) }
  func flag(_ key: String) throws -> Bool { try require(key, input[key]?.boolValue) }

  func list(_ key: String) throws -> [JSONValue] { try require(key, input[key]?.arrayValue) }

  /// The elements of a list as rows of their own, to read their fields; none for null.
  func rows(_ key: String) throws -> [TableRow] {
    value(key) == nil ? [] : try list(key).map(inside)
  }

  func texts(_ key: String) throws -> [String] {
    try list(key).map { try require(key, $0.stringValue) }
  }

  func object(_ key: String) throws -> TableRow {
    inside(.object(try require(key, input[key]?.objectValue)))
  }

  func optionalObject(_ key: String) throws -> TableRow? {
    value(key) == nil ? nil : try object(key)
  }

  /// A map of texts; none for null.
  func textMap(_ key: String) throws -> [String: String] {
    guard value(key) != nil else { return [:] }
    var result: [String: String] = [:]
    for (name, value) in try require(key, input[key]?.objectValue) {
      result[name] = try require(key, value.stringValue)
    }
    return result
  }

  /// Seconds as nanoseconds, exact for whole seconds; nil for null.
  func optionalNanoseconds(_ key: String) -> Int64? {
    if let whole = input[key]?.integerValue { return whole * 1_000_000_000 }
    return input[key]?.doubleValue.map { seconds in
      let whole = Int64(seconds)
      return whole * 1_000_000_000 + Int64(((seconds - Double(whole)) * 1e9).rounded())
    }
  }

  func nanoseconds(_ key: String) throws -> Int64 { try require(key, optionalNanoseconds(key)) }
}

extension JSONValue {
  init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  init(_ value: Bool) { self = .bool(value) }
  init(_ values: [String]) { self = .array(values.map { .string($0) }) }
  init(_ values: [Int]) { self = .array(values.map { .integer(Int64($0)) }) }
}
