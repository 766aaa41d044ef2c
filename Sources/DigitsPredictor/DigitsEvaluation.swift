/// How well a model recognises the digits of an evaluation set.
public struct DigitsEvaluation: Sendable, Equatable {
  /// What became of one row.
  public struct Detail: Sendable, Equatable {
    /// The digit as it was asked.
    public let row: DigitsEvaluationSet.Row
    /// What the model answered.
    public let answer: DigitsModel.Answer
    /// Whether the answer is the label.
    public var isCorrect: Bool { answer.label == row.label }
  }

  /// The rows in the order of the set.
  public let details: [Detail]

  /// The share of correct answers, from 0 to 1.
  public let accuracy: Double

  /// For every class: of the answers that named it, the share that was right; 0 if none named it.
  public let precision: [Double]

  /// For every class: of the rows that are it, the share that was recognised; 0 if none are.
  public let recall: [Double]

  /// For every class: the harmonic mean of precision and recall, `2pr / (p + r)`; 0 if both are.
  public let fvalue: [Double]

  /// Asks a model about every row.
  ///
  /// Throws when a label is no class of the model.
  public init(
    of model: DigitsModel, on set: DigitsEvaluationSet
  ) throws(DigitsInputError) {
    let classes = model.classCount
    var details: [Detail] = []
    var correct = [Int](repeating: 0, count: classes)
    var answered = [Int](repeating: 0, count: classes)
    var present = [Int](repeating: 0, count: classes)
    for (index, row) in set.rows.enumerated() {
      guard row.label < classes else {
        throw DigitsInputError(
          code: .valueOutOfRange,
          message: "row \(index + 1) has label \(row.label); the model has \(classes) classes")
      }
      let answer = try model.classify(row.pixels)
      details.append(Detail(row: row, answer: answer))
      answered[answer.label] += 1
      present[row.label] += 1
      if answer.label == row.label { correct[row.label] += 1 }
    }
    self.details = details
    accuracy = Self.share(correct.reduce(0, +), of: details.count)
    precision = (0..<classes).map { Self.share(correct[$0], of: answered[$0]) }
    recall = (0..<classes).map { Self.share(correct[$0], of: present[$0]) }
    // 2pr / (p + r) with p = c / a and r = c / b is 2c / (a + b): 8 of 10 and 8 of 16 give 16 / 26.
    fvalue = (0..<classes).map { Self.share(2 * correct[$0], of: answered[$0] + present[$0]) }
  }

  private static func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
