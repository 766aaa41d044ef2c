import JSON
import Testing

struct JSONTests {
  @Test func `a document survives parsing and writing`() throws {
    let text = #"{"b":[1,-2.5,true,null,"a\n\"\u0001é"],"a":{"x":{}},"e":[]}"#
    let value = try JSONValue(parsing: text)
    #expect(value.text() == text)
    #expect(value["b"]?[0]?.integerValue == 1)
    #expect(value.value(at: "a", "x") == .object([:]))
    #expect(try JSONValue(parsing: value.text(.pretty)) == value)
    #expect(value.text(.canonical).hasPrefix(#"{"a":"#))
  }

  @Test func `escapes and surrogate pairs are decoded`() throws {
    #expect(try JSONValue(parsing: #""\ud83d\ude00\u00e9\/""#) == "😀é/")
    #expect(try JSONValue(parsing: #""\ud83d""#) == "\u{FFFD}")
  }

  @Test(arguments: [
    ("", 1, 1), ("{\n  \"a\": x}", 2, 8), ("[1,]", 1, 4), ("01", 1, 2), ("\"a", 1, 3),
    ("{} 1", 1, 4), ("nul", 1, 1), ("[1 2]", 1, 4), ("1.", 1, 3), ("\"\u{1}\"", 1, 2),
  ])
  func `bad text names its line and column`(text: String, line: Int, column: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.column == column)
  }

  @Test func `nesting is limited`() {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    #expect(error?.code == .tooDeep)
  }

  @Test func `large objects keep order and find their members`() throws {
    var object = JSONObject()
    for number in 0..<100 { object["key\(number)"] = .integer(Int64(number)) }
    object["key50"] = nil
    #expect(object.count == 99)
    #expect(object["key99"] == 99)
    #expect(object["key50"] == nil)
    #expect(object.keys.first == "key0")
    #expect(try JSONValue(parsing: JSONValue.object(object).text()) == .object(object))
  }

  @Test func `numbers keep their exactness`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "1e3") == .number(1000))
  }
}
