package import JSON

extension JSONObject {
  /// Adds a member unless the value is nil.
  package mutating func put(_ key: String, _ value: String?) {
    if let value { self[key] = .string(value) }
  }

  /// Adds a member unless the text is empty.
  package mutating func putText(_ key: String, _ value: String) {
    if !value.isEmpty { self[key] = .string(value) }
  }

  package mutating func put(_ key: String, _ value: Int?) {
    if let value { self[key] = .integer(Int64(value)) }
  }

  package mutating func put(_ key: String, _ value: Int64?) {
    if let value { self[key] = .integer(value) }
  }

  /// Adds a count unless it is zero.
  package mutating func putCount(_ key: String, _ value: Int) {
    if value != 0 { self[key] = .integer(Int64(value)) }
  }

  package mutating func put(_ key: String, _ value: Bool?) {
    if let value { self[key] = .bool(value) }
  }

  /// Adds a flag if it is set.
  package mutating func putFlag(_ key: String, _ value: Bool) {
    if value { self[key] = true }
  }

  package mutating func put(_ key: String, _ value: Timestamp?) {
    if let value { self[key] = .string(value.description) }
  }

  package mutating func put(_ key: String, _ value: IntOrString?) {
    if let value { self[key] = value.json }
  }

  package mutating func put(_ key: String, _ value: Quantity?) {
    if let value { self[key] = .string(value.description) }
  }

  package mutating func put(_ key: String, _ values: [String]) {
    if !values.isEmpty { self[key] = .array(values.map(JSONValue.string)) }
  }

  package mutating func put(_ key: String, _ values: [String: String]) {
    if !values.isEmpty { self[key] = .object(JSONObject(stringMap: values)) }
  }

  package mutating func put(_ key: String, _ values: ResourceList) {
    if !values.isEmpty { self[key] = values.json }
  }

  package mutating func put(_ key: String, json value: JSONValue?) {
    if let value, value != .null { self[key] = value }
  }

  /// Adds members that were kept as they were given.
  package mutating func put(_ members: JSONObject) {
    for (key, value) in members { self[key] = value }
  }

  package mutating func put<Value: JSONConvertible>(_ key: String, _ value: Value?) {
    if let value { self[key] = value.json }
  }

  package mutating func put<Value: JSONConvertible>(_ key: String, _ values: [Value]) {
    if !values.isEmpty { self[key] = .array(values.map(\.json)) }
  }

  /// Makes an object of a map of texts, names sorted.
  package init(stringMap: [String: String]) {
    self.init(stringMap.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }
}
