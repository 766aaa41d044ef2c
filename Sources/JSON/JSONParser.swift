extension JSONValue {
  /// Parses one JSON document (RFC 8259).
  ///
  /// Of members with the same name the last one counts, as in Go. Throws `JSONError`.
  public init(parsing text: String, depthLimit: Int = 512) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), depthLimit: depthLimit)
  }

  /// Parses one JSON document (RFC 8259) of UTF-8 bytes.
  ///
  /// Throws `JSONError`.
  public init(parsing bytes: [UInt8], depthLimit: Int = 512) throws(JSONError) {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
      var parser = JSONParser(bytes: buffer, depthLimit: depthLimit)
      do throws(JSONError) {
        return .success(try parser.document())
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

/// A recursive-descent parser over a buffer of UTF-8 bytes.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let depthLimit: Int
  var position = 0
  var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  mutating func document() throws(JSONError) -> JSONValue {
    skipSpace()
    let value = try value()
    skipSpace()
    if position < bytes.count {
      throw fault(.syntax, "unexpected \(character(at: position)) after the document")
    }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    guard position < bytes.count else { throw end("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault(.syntax, "expected a value, found \(character(at: position))")
    }
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    try enter()
    defer { depth -= 1 }
    var result = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return result }
    while true {
      guard position < bytes.count else { throw end("a member name") }
      guard bytes[position] == UInt8(ascii: "\"") else {
        throw fault(.syntax, "expected a member name, found \(character(at: position))")
      }
      let key = try string()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      result[key] = try value()
      skipSpace()
      if take(UInt8(ascii: "}")) { return result }
      try expect(UInt8(ascii: ","), or: "}")
      skipSpace()
    }
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    try enter()
    defer { depth -= 1 }
    var result: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return result }
    while true {
      result.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return result }
      try expect(UInt8(ascii: ","), or: "]")
      skipSpace()
    }
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    if depth > depthLimit { throw fault(.tooDeep, "nested deeper than \(depthLimit) levels") }
    position += 1
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    let matches = text.withUTF8Buffer { expected in
      position + expected.count <= bytes.count
        && (0..<expected.count).allSatisfy { bytes[position + $0] == expected[$0] }
    }
    guard matches else { throw fault(.syntax, "expected \(text)") }
    position += text.utf8CodeUnitCount
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if position < bytes.count, isDigit(bytes[position]) {
        throw fault(.syntax, "a number has a leading zero")
      }
    } else {
      try digits()
    }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw fault(.syntax, "the number \(text) is out of range")
    }
    return .number(number)
  }

  private mutating func digits() throws(JSONError) {
    guard position < bytes.count else { throw end("a digit") }
    guard isDigit(bytes[position]) else {
      throw fault(.syntax, "expected a digit, found \(character(at: position))")
    }
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
  }
}

extension JSONParser {
  func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8, or other: String? = nil) throws(JSONError) {
    if take(byte) { return }
    let wanted = "'\(Unicode.Scalar(byte))'" + (other.map { " or '\($0)'" } ?? "")
    guard position < bytes.count else { throw end(wanted) }
    throw fault(.syntax, "expected \(wanted), found \(character(at: position))")
  }

  func character(at position: Int) -> String {
    let byte = bytes[position]
    return byte >= 0x20 && byte < 0x7F ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
  }

  func end(_ expected: String) -> JSONError {
    fault(.unexpectedEnd, "the text ends where \(expected) is expected")
  }

  func fault(_ code: JSONError.Code, _ message: String) -> JSONError {
    var line = 1
    var column = 1
    for byte in bytes[..<Swift.min(position, bytes.count)] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return JSONError(code: code, message: message, line: line, column: column)
  }
}
