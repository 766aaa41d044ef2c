import JSON
import TestSupport
import Testing

@testable import DigitsPredictor

struct DigitsModelTests {
  @Test(arguments: ["digits-v1", "digits-v2", "digits-v3", "digits-large"])
  func `a model answers what the Python reference answers`(name: String) throws {
    let model = try Self.model(name)
    let reference = try JSONValue(parsing: Fixture.bytes("Fixtures/digits/expected.json"))
    let expected = try #require(reference.value(at: "models", name))
    #expect(expected["kind"]?.stringValue == model.kind.rawValue)
    let evaluation = try DigitsEvaluation(of: model, on: Self.evaluationSet())
    #expect(evaluation.details.count == reference["evaluationRows"]?.intValue)
    #expect(evaluation.details.count { $0.isCorrect } == expected["correct"]?.intValue)
    for index in 0..<(try #require(reference["rows"]?.intValue)) {
      let answer = evaluation.details[index].answer
      #expect(answer.label == expected["class"]?[index]?.intValue, "row \(index)")
      #expect(answer.margin == expected["margin"]?[index]?.integerValue, "row \(index)")
      #expect(answer.spread == expected["spread"]?[index]?.integerValue, "row \(index)")
      #expect((0...1).contains(answer.score), "row \(index)")
    }
  }

  @Test func `later models are better and the header says what they need`() throws {
    let set = try Self.evaluationSet()
    let models = try ["digits-v1", "digits-v2", "digits-v3"].map(Self.model)
    let accuracies = try models.map { try DigitsEvaluation(of: $0, on: set).accuracy }
    #expect(accuracies == accuracies.sorted())
    #expect(Set(accuracies).count == 3)
    #expect(models.map(\.version) == [1, 2, 3])
    #expect(models.map(\.warmUpBytes) == [0, 0, 0])
    let large = try Self.model("digits-large")
    #expect(large.warmUpBytes == 3_000_000_000)
    #expect(large.warmUpSeconds == 8)
    #expect(large.parameters == models[1].parameters)
  }

  @Test func `the damaged model does not load`() throws {
    let error = #expect(throws: DigitsModelError.self) { try Self.model("digits-corrupt") }
    #expect(error?.code == .checksumMismatch)
    #expect(error?.message.contains("damaged or cut short") == true)
  }

  @Test func `a damaged byte anywhere and a cut anywhere is found`() throws {
    let bytes = try Fixture.bytes("Fixtures/models/digits-v1.model")
    for index in stride(from: 0, to: bytes.count, by: 41) {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(throws: DigitsModelError.self) { try DigitsModel(parsing: damaged) }
      #expect(throws: DigitsModelError.self) { try DigitsModel(parsing: Array(bytes[..<index])) }
    }
  }

  struct BadFile: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let code: DigitsModelError.Code
    let message: String
  }

  @Test(arguments: [
    BadFile(
      testDescription: "another format", bytes: Array("PK".utf8), code: .notAModel,
      message: "does not begin with the line"),
    BadFile(
      testDescription: "nothing after the magic line", bytes: Array("andruck-digits 1\n".utf8),
      code: .truncated, message: "first line"),
    BadFile(
      testDescription: "no blank line", bytes: file("andruck-digits 1\nkind = linear\n"),
      code: .truncated, message: "line 3: the header does not end"),
    BadFile(
      testDescription: "no equals sign", bytes: file("andruck-digits 1\nkind linear\n\n"),
      code: .badHeader, message: "line 2: expected “key = value”, found “kind linear”"),
    BadFile(
      testDescription: "a missing field", bytes: file("andruck-digits 1\nkind = linear\n\n"),
      code: .badHeader, message: "the header has no field “name”"),
    BadFile(
      testDescription: "a repeated field",
      bytes: file("andruck-digits 1\nkind = linear\nkind = linear\n\n"),
      code: .badHeader, message: "line 3: “kind” was given before, on line 2"),
    BadFile(
      testDescription: "an unknown kind", bytes: file(header(kind: "forest")), code: .badHeader,
      message: "line 2: kind: “forest” is none of nearest-centroid, linear, two-layer"),
    BadFile(
      testDescription: "an unknown field", bytes: file(header(more: "depth = 3\n")),
      code: .badHeader, message: "line 8: depth: no such field"),
    BadFile(
      testDescription: "a scale of nothing", bytes: file(header(scale: "0")), code: .badHeader,
      message: "line 7: scale: expected a whole number from 1 to 65536, found “0”"),
    BadFile(
      testDescription: "digits of another size", bytes: file(header(features: "784")),
      code: .badHeader, message: "line 6: features: expected 64, found “784”"),
    BadFile(
      testDescription: "too few parameters", bytes: file(header(), parameters: 129),
      code: .wrongSize, message: "has 130 parameters in 520 bytes, but 516 bytes follow"),
    BadFile(
      testDescription: "a huge parameter", bytes: file(header(), parameters: 130, value: 0x7F),
      code: .parameterOutOfRange, message: "parameter 1 at byte"),
  ])
  func `a file with a fault names its place`(row: BadFile) throws {
    let error = #expect(throws: DigitsModelError.self) { try DigitsModel(parsing: row.bytes) }
    #expect(error?.code == row.code)
    #expect(error?.message.contains(row.message) == true, "\(error?.message ?? "")")
  }

  @Test func `a tie goes to the least class and scores nothing`() throws {
    let model = try DigitsModel(parsing: Self.file(Self.header(), parameters: 130))
    let answer = try model.classify([Int32](repeating: 3, count: 64))
    #expect(answer == DigitsModel.Answer(label: 0, margin: 0, spread: 0))
    #expect(answer.score == 0)
  }

  @Test(arguments: [
    ([Int32](repeating: 0, count: 63), "a digit has 64 values, not 63"),
    ([Int32](repeating: 0, count: 63) + [17], "value 64 is 17, not in 0...16"),
    ([-1] + [Int32](repeating: 0, count: 63), "value 1 is -1, not in 0...16"),
  ])
  func `an input that is no digit is refused`(pixels: [Int32], message: String) throws {
    let model = try Self.model("digits-v1")
    let error = #expect(throws: DigitsInputError.self) { try model.classify(pixels) }
    #expect(error?.message == message)
  }

  @Test func `the checksum is that of zip`() {
    #expect(CRC32.checksum(of: "123456789".utf8) == 0xCBF4_3926)
    #expect(hexadecimal(0xCBF) == "00000cbf")
  }
}

// MARK: - Fixtures

extension DigitsModelTests {
  static func model(_ name: String) throws -> DigitsModel {
    try DigitsModel(parsing: Fixture.bytes("Fixtures/models/\(name).model"))
  }

  static func evaluationSet() throws -> DigitsEvaluationSet {
    try DigitsEvaluationSet(parsing: Fixture.bytes("Fixtures/digits/evaluation.csv"))
  }

  /// A file of a header and equal parameters, with a right checksum.
  static func file(_ header: String, parameters: Int = 0, value: UInt8 = 0) -> [UInt8] {
    let body = Array(header.utf8) + [UInt8](repeating: value, count: parameters * 4)
    let checksum = CRC32.checksum(of: body)
    return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt32($0))) }
  }

  /// A header of two classes, right but for what is given.
  static func header(
    kind: String = "linear", features: String = "64", scale: String = "1", more: String = ""
  ) -> String {
    """
    andruck-digits 1
    kind = \(kind)
    name = digits
    version = 1
    classes = 2
    features = \(features)
    scale = \(scale)
    \(more)

    """
  }
}
