package import JSON
package import SimulationKernel

/// A line of a trace, as far as a comparison looks at it.
package struct ComparedEvent: Equatable {
  /// The event's place in its trace, from 0.
  package let sequence: Int
  /// When it happened.
  package let time: SimulationTime
  /// What happened, such as `pod.ready`.
  package let kind: String
  /// The line without its sequence number.
  let content: [UInt8]
  /// Of the content; differs only if that does.
  let hash: Int

  /// Reads a line of a trace, without its end; nil if it is none.
  package init?(_ line: [UInt8]) {
    var scanner = LineScanner(line)
    guard scanner.take("{\"n\":"), let sequence = scanner.number(), scanner.take(",") else {
      return nil
    }
    content = Array(scanner.rest)
    guard scanner.take("\"ns\":"), let nanoseconds = scanner.number(),
      scanner.take(",\"kind\":\""), let kind = scanner.text(until: UInt8(ascii: "\"")),
      line.last == UInt8(ascii: "}")
    else { return nil }
    self.sequence = Int(sequence)
    time = SimulationTime(nanoseconds: nanoseconds)
    self.kind = kind
    hash = content.hashValue
  }

  /// Whom it happened to, and the details, in their order; values as people read them.
  package var fields: [(name: String, value: String)] {
    guard let object = parsed else { return [("line", String(decoding: content, as: UTF8.self))] }
    return object.filter { $0.key != "ns" && $0.key != "kind" }.map { key, value in
      (key, value.stringValue ?? value.text())
    }
  }

  /// The details by name; nil for a line that is no JSON.
  package var parsed: JSONObject? {
    (try? JSONValue(parsing: [UInt8(ascii: "{")] + content))?.objectValue
  }

  /// Whether both say the same, whatever their places.
  package static func == (left: Self, right: Self) -> Bool {
    left.hash == right.hash && left.content == right.content
  }
}

/// Reads a line from its beginning on.
private struct LineScanner {
  private(set) var rest: ArraySlice<UInt8>

  init(_ line: [UInt8]) { rest = line[...] }

  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard rest.count >= count else { return false }
    let matches = text.withUTF8Buffer { $0.elementsEqual(rest.prefix(count)) }
    if matches { rest = rest.dropFirst(count) }
    return matches
  }

  mutating func number() -> Int64? {
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    rest = rest.dropFirst(digits.count)
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  mutating func text(until end: UInt8) -> String? {
    guard let index = rest.firstIndex(of: end) else { return nil }
    defer { rest = rest[(index + 1)...] }
    return String(decoding: rest[..<index], as: UTF8.self)
  }
}
