import Testing
import YAML

@Suite struct `YAML documents` {
  @Test func `nodes keep the line and column they were written at`() throws {
    let root = try YAMLDocument.parse("cluster:\n  nodes:\n    - name: one\n      cores: 4\n")
    let node = try #require(root["cluster"]?["nodes"]?.sequence?.first)
    #expect(node.line == 3 && node.column == 7)
    let cores = try #require(node["cores"])
    #expect(cores.int == 4)
    #expect(cores.line == 4 && cores.column == 14)
  }

  @Test func `mappings keep the order of the text`() throws {
    let root = try YAMLDocument.parse("{zebra: 1, apple: 2, mango: 3}")
    #expect(root.mapping?.map { $0.key.text ?? "" } == ["zebra", "apple", "mango"])
  }

  @Test func `text without a document is null`() throws {
    #expect(try YAMLDocument.parse("").isNull)
    #expect(try YAMLDocument.parse("# only a comment\n").isNull)
    #expect(try YAMLDocument.parse("---\n").isNull)
  }

  @Test func `an alias stands for what its anchor names`() throws {
    let root = try YAMLDocument.parse("base: &b [1, 2]\ncopy: *b\n")
    #expect(root["copy"] == root["base"])
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", "x.yaml:2:1: the key \"a\" is used twice, first in line 1"),
    ("a: 1\n\"a\": 2\n", "x.yaml:2:1: the key \"a\" is used twice, first in line 1"),
    ("[a, b]: 1\n", "x.yaml:1:1: a key must be a scalar, not a sequence"),
    (
      "a: 1\n---\nb: 2\n",
      "x.yaml:2:1: a second document starts here; one document a file is expected"
    ),
    ("a: *missing\n", "x.yaml:1:4: the alias *missing names no anchor before it"),
    ("a: &x [*x]\n", "x.yaml:1:8: the alias *x stands inside what it names"),
    (
      "a: !thing 3\n",
      "x.yaml:1:4: the tag !thing is not supported; "
        + "expected !!str, !!null, !!bool, !!int or !!float"
    ),
    ("a: [1, 2\n", "x.yaml:2:1: while parsing a flow sequence: did not find expected ',' or ']'"),
  ])
  func `bad text is refused with its place`(text: String, message: String) {
    #expect {
      try YAMLDocument.parse(text, file: "x.yaml")
    } throws: {
      "\($0)" == message
    }
  }

  @Test func `a billion laughs is refused by the named limit`() {
    var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for level in 1...9 {
      let item = "*a\(level - 1)"
      let items = Array(repeating: item, count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect {
      try YAMLDocument.parse(text)
    } throws: {
      "\($0)".contains("limit expandedNodesMax")
    }
  }

  @Test func `deep nesting is refused by the named limit, aliases followed`() {
    let limits = YAMLLimits(depthMax: 4)
    #expect(throws: Never.self) { try YAMLDocument.parse("[[[[1]]]]", limits: limits) }
    #expect {
      try YAMLDocument.parse("[[[[[1]]]]]", limits: limits)
    } throws: {
      "\($0)".contains("limit depthMax")
    }
    #expect {
      try YAMLDocument.parse("a: &a [[1]]\nb: [[*a]]", limits: limits)
    } throws: {
      "\($0)".contains("limit depthMax")
    }
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: YAMLError.self) { try YAMLDocument.parse(bytes: [0x61, 0xff, 0x0a]) }
  }
}

@Suite struct `The core schema` {
  @Test(arguments: [
    ("", YAMLScalar.null), ("~", .null), ("null", .null), ("Null", .null),
    ("nULL", .string("nULL")),
    ("true", .bool(true)), ("False", .bool(false)), ("yes", .string("yes")),
    ("0", .int(0)), ("-12", .int(-12)), ("+7", .int(7)), ("0x1F", .int(31)), ("0o17", .int(15)),
    ("010", .int(10)), ("0x-1", .string("0x-1")), ("1_000", .string("1_000")),
    ("1.5", .double(1.5)), (".5", .double(0.5)), ("1.", .double(1)), ("1e3", .double(1000)),
    ("-2.5E-1", .double(-0.25)), (".", .string(".")), ("1e", .string("1e")),
    ("-.inf", .double(-.infinity)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
    ("128Mi", .string("128Mi")), ("1.2.3", .string("1.2.3")), ("inf", .string("inf")),
  ])
  func `plain text resolves as YAML 1.2 says`(text: String, scalar: YAMLScalar) {
    #expect(YAMLScalar(plain: text) == scalar)
  }

  @Test func `quoted text is a string`() throws {
    let root = try YAMLDocument.parse("a: \"1\"\nb: 'true'\nc: !!str 3\nd: |\n  4\n")
    #expect(root["a"]?.string == "1")
    #expect(root["b"]?.string == "true")
    #expect(root["c"]?.string == "3")
    #expect(root["d"]?.string == "4\n")
  }

  @Test func `an integer is also a number`() throws {
    #expect(try YAMLDocument.parse("3").double == 3)
    #expect(try YAMLDocument.parse("3.5").int == nil)
  }
}
