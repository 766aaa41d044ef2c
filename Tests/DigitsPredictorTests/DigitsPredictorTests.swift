import DigitsPredictor
import DruckerProtocol
import DruckerServing
import ModelStorage
import TestSupport
import Testing

struct DigitsPredictorTests {
  @Test(arguments: PayloadKind.allCases, PayloadKind.allCases)
  func `every type of input is answered in every type of output`(
    inputKind: PayloadKind, outputKind: PayloadKind
  ) throws {
    let predictor = try Self.predictor("digits-v2")
    for row in try DigitsModelTests.evaluationSet().rows.prefix(20) {
      let answer = try predictor.model.classify(row.pixels)
      let prediction = try predictor.predict(
        Self.input(row.pixels, as: inputKind), option: PredictOption(outputKind: outputKind))
      #expect(prediction.output == Self.output(answer.label, as: outputKind))
      #expect(prediction.output.kind == outputKind)
      #expect(prediction.scores == [Float(answer.score)])
    }
  }

  @Test(arguments: [
    (PredictInput.string("1,2,3"), "expected 64 numbers separated by commas, found 3"),
    (.string(""), "expected 64 numbers separated by commas, found 1"),
    (.bytes([UInt8](repeating: 255, count: 64)), "value 1 is 255, not in 0...16"),
    (.arrInt([]), "a digit has 64 values, not 0"),
    (.arrFloat([Float](repeating: 0.5, count: 64)), "value 1 is 0.5, not a whole number"),
    (.arrFloat([.nan]), "value 1 is nan, not a whole number"),
    (.arrFloat([.infinity]), "value 1 is inf, not a whole number"),
    (.arrFloat([3e9]), "value 1 is 3e+09, not a whole number"),
    (.arrString(["seven"]), "value 1 is “seven”, not a whole number"),
  ])
  func `an input that is no digit is refused`(input: PredictInput, message: String) throws {
    let predictor = try Self.predictor("digits-v1")
    let error = #expect(throws: (any Error).self) {
      try predictor.predict(input, option: PredictOption(outputKind: .arrInt))
    }
    #expect(error.map { "\($0)" } == message)
  }

  @Test func `a damaged file is no predictor`() throws {
    let error = #expect(throws: (any Error).self) { try Self.predictor("digits-corrupt") }
    #expect(error.map { "\($0)" }?.contains("the checksum of the file is") == true)
  }

  @Test func `an evaluation counts for every class and keeps every case`() throws {
    let predictor = try Self.predictor("digits-v2")
    let bytes = try Fixture.bytes("Fixtures/digits/evaluation.csv")
    let evaluation = try predictor.evaluate(EvaluationData(name: "evaluation.csv", bytes: bytes))
    let metrics = evaluation.metrics
    #expect(metrics.num == 599)
    #expect(metrics.accuracy == Float(583.0 / 599.0))
    #expect([metrics.precision.count, metrics.recall.count, metrics.fvalue.count] == [10, 10, 10])
    #expect((metrics.precision + metrics.recall + metrics.fvalue).allSatisfy { $0 > 0.8 })
    #expect(metrics.label.map(Self.numbers) == (0..<10).map { [Double($0)] })
    #expect(evaluation.details.count == 599)
    #expect(evaluation.details.count { $0.isCorrect } == 583)
    let first = try #require(evaluation.details.first)
    #expect(Self.numbers(first.label) == [3])
    #expect(Self.numbers(first.output) == [3])
    #expect(Self.numbers(first.input).count == 64)
    #expect(first.score.count == 1)
  }

  @Test func `bad evaluation data names its line`() throws {
    let predictor = try Self.predictor("digits-v1")
    let error = #expect(throws: (any Error).self) {
      try predictor.evaluate(EvaluationData(name: "x.csv", bytes: Array("# labels\n3,1\n".utf8)))
    }
    #expect(
      error.map { "\($0)" } == "line 2: expected 65 numbers separated by commas, found 2")
  }
}

// MARK: - Forms

extension DigitsPredictorTests {
  private static func predictor(_ name: String) throws -> DigitsPredictor {
    let path = try ModelPath(application: "digits", file: "\(name).model")
    let bytes = try Fixture.bytes("Fixtures/models/\(name).model")
    return try DigitsPredictor.load(ModelFile(path: path, bytes: bytes))
  }

  private static func input(_ pixels: [Int32], as kind: PayloadKind) -> PredictInput {
    switch kind {
    case .string: .string(pixels.map { String($0) }.joined(separator: ", "))
    case .bytes: .bytes(pixels.map { UInt8($0) })
    case .arrInt: .arrInt(pixels)
    case .arrFloat: .arrFloat(pixels.map { Float($0) })
    case .arrString: .arrString(pixels.map { String($0) })
    }
  }

  private static func output(_ label: Int, as kind: PayloadKind) -> PredictOutput {
    switch kind {
    case .string: .string("\(label)")
    case .bytes: .bytes([UInt8(label)])
    case .arrInt: .arrInt([Int32(label)])
    case .arrFloat: .arrFloat([Float(label)])
    case .arrString: .arrString(["\(label)"])
    }
  }

  private static func numbers(_ value: Drucker.IO?) -> [Double] {
    guard case .tensor(let tensor) = value?.ioOneof else { return [] }
    return tensor.val
  }
}
