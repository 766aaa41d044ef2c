import JSON
import Testing

@Suite struct `A writer of JSON` {
  private static func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(arguments: [0, 7, -7, 10, 99, 100, 12_345, Int64.max, Int64.min])
  func `writes whole numbers as Swift does`(value: Int64) {
    #expect(Self.text { $0.integer(value) } == "\(value)")
  }

  @Test func `writes lists of whole numbers, longer than a chunk too`() {
    let values: [Int32] = [0, -1, 9, 10, 99, 100, 999, 1_000, 123_456, .max, .min]
    let long = (0..<20).flatMap { _ in values }
    for list: [Int32] in [[], [5], values, long] {
      let expected = "[" + list.map { "\($0)" }.joined(separator: ",") + "]"
      #expect(Self.text { $0.integers(list) } == expected)
    }
  }

  @Test(arguments: [
    (0, 3, "000"), (42, 3, "042"), (999, 3, "999"), (1_234, 3, "1234"), (0, 1, "0"),
  ])
  func `fills digits up with zeros`(value: UInt64, width: Int, expected: String) {
    #expect(Self.text { $0.digits(value, width: width) } == expected)
  }

  @Test func `escapes what JSON wants escaped wherever it stands in a text`() throws {
    for special in ["\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "é", "😀", " "] {
      for length in 0...17 {
        for place in 0...length {
          let text =
            String(repeating: "a", count: place) + special
            + String(repeating: "b", count: length - place)
          let written = Self.text { $0.string(text) }
          #expect(try JSONValue(parsing: written) == .string(text), "\(written)")
          #expect(written == JSONValue.string(text).text())
          #expect(!written.utf8.contains { $0 < 0x20 })
        }
      }
    }
  }

  @Test func `writes JSON within JSON`() throws {
    let inner = Self.text { $0.string("a\"b\\c\n") }
    let outer = Self.text { $0.string(utf8: Array(inner.utf8)) }
    let once = try JSONValue(parsing: outer).stringValue ?? ""
    #expect(try JSONValue(parsing: once) == .string("a\"b\\c\n"))
  }

  @Test func `writes null for numbers that JSON lacks`() {
    #expect(Self.text { $0.number(.infinity) } == "null")
    #expect(Self.text { $0.number(-.nan) } == "null")
    #expect(Self.text { $0.number(0.5) } == "0.5")
  }
}
