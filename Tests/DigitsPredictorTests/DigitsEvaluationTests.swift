import TestSupport
import Testing

@testable import DigitsPredictor

struct DigitsEvaluationTests {
  private static let zeros = [String](repeating: "0", count: 64).joined(separator: ",")

  @Test(arguments: [
    ("# only a comment\n", "line 2: there is no labelled digit"),
    ("# one\n3,1,2\n", "line 2: expected 65 numbers separated by commas, found 3"),
    ("3,\(zeros)\n\nx,\(zeros)\n", "line 3: value 1 is “x”, not a whole number"),
    ("3,17\(zeros.dropFirst())\n", "line 1: value 1 is 17, not in 0...16"),
    ("-1,\(zeros)\n", "line 1: a label is a whole number from 0 to 255"),
  ])
  func `a bad evaluation file names its line`(text: String, message: String) {
    let error = #expect(throws: DigitsEvaluationSetError.self) {
      try DigitsEvaluationSet(parsing: Array(text.utf8))
    }
    #expect(error?.description == message)
  }

  @Test func `spaces and carriage returns do not matter`() throws {
    let text = "\r\n 7 , \(Self.zeros.split(separator: ",").joined(separator: " ,\t"))\r\n"
    let set = try DigitsEvaluationSet(parsing: Array(text.utf8))
    #expect(set.rows.map(\.label) == [7])
    #expect(set.rows[0].pixels == [Int32](repeating: 0, count: 64))
  }

  @Test func `precision, recall and F follow from the counts`() throws {
    // Every answer is class 0, for a tie goes to the least: three of four rows are right.
    let model = try DigitsModel(
      parsing: DigitsModelTests.file(DigitsModelTests.header(), parameters: 130))
    let lines = [0, 0, 1, 0].map { "\($0),\(Self.zeros)" }
    let set = try DigitsEvaluationSet(parsing: Array(lines.joined(separator: "\n").utf8))
    let evaluation = try DigitsEvaluation(of: model, on: set)
    #expect(evaluation.accuracy == 0.75)
    #expect(evaluation.precision == [0.75, 0])
    #expect(evaluation.recall == [1, 0])
    #expect(evaluation.fvalue == [6.0 / 7.0, 0])
    #expect(evaluation.details.map(\.isCorrect) == [true, true, false, true])
  }

  @Test func `a label that the model does not know is refused`() throws {
    let model = try DigitsModel(
      parsing: DigitsModelTests.file(DigitsModelTests.header(), parameters: 130))
    let set = try DigitsEvaluationSet(parsing: Array("2,\(Self.zeros)".utf8))
    let error = #expect(throws: DigitsInputError.self) {
      try DigitsEvaluation(of: model, on: set)
    }
    #expect(error?.message == "row 1 has label 2; the model has 2 classes")
  }
}
