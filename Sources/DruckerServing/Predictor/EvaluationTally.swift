import DruckerProtocol

/// Counts right and wrong answers, in all and for each label.
///
/// For a label with 8 right answers, 10 given and 16 wanted: precision 0.8, recall 0.5, F value
/// 2 x 0.8 x 0.5 / 1.3 = 0.615. A share of nothing is 0.
struct EvaluationTally {
  private struct Counts {
    var right = 0
    var given = 0
    var wanted = 0
  }

  private var details: [EvaluationDetail] = []
  private var rightCount = 0
  /// In order of first appearance, so that equal data gives equal results.
  private var labels: [PredictOutput] = []
  private var positions: [PredictOutput: Int] = [:]
  private var counts: [Counts] = []

  mutating func add(_ evaluationCase: EvaluationCase, _ prediction: Prediction) {
    let isRight = prediction.output == evaluationCase.label
    let wanted = position(of: evaluationCase.label)
    let given = position(of: prediction.output)
    counts[wanted].wanted += 1
    counts[given].given += 1
    if isRight {
      rightCount += 1
      counts[wanted].right += 1
    }
    details.append(
      EvaluationDetail(
        input: Drucker.IO(evaluationCase.input), label: Drucker.IO(evaluationCase.label),
        output: Drucker.IO(prediction.output), score: prediction.scores, isCorrect: isRight))
  }

  func evaluation() -> Evaluation {
    let precision = counts.map { share($0.right, of: $0.given) }
    let recall = counts.map { share($0.right, of: $0.wanted) }
    let fvalue = zip(precision, recall).map { (precision: Float, recall: Float) -> Float in
      let sum = precision + recall
      return sum == 0 ? 0 : 2 * precision * recall / sum
    }
    return Evaluation(
      metrics: EvaluationMetrics(
        num: Int32(clamping: details.count), accuracy: share(rightCount, of: details.count),
        precision: precision, recall: recall, fvalue: fvalue,
        label: labels.map { Drucker.IO($0) }),
      details: details)
  }

  private mutating func position(of label: PredictOutput) -> Int {
    if let position = positions[label] { return position }
    positions[label] = labels.count
    labels.append(label)
    counts.append(Counts())
    return labels.count - 1
  }

  private func share(_ part: Int, of whole: Int) -> Float {
    whole == 0 ? 0 : Float(part) / Float(whole)
  }
}

extension Drucker.IO {
  /// Numbers as a tensor of one dimension, texts as they are, bytes as numbers.
  init(_ input: PredictInput) {
    switch input {
    case .string(let text): self.init(texts: [text])
    case .bytes(let bytes): self.init(numbers: bytes.map { Double($0) })
    case .arrInt(let values): self.init(numbers: values.map { Double($0) })
    case .arrFloat(let values): self.init(numbers: values.map { Double($0) })
    case .arrString(let texts): self.init(texts: texts)
    }
  }

  /// Numbers as a tensor of one dimension, texts as they are, bytes as numbers.
  init(_ output: PredictOutput) {
    switch output {
    case .string(let text): self.init(texts: [text])
    case .bytes(let bytes): self.init(numbers: bytes.map { Double($0) })
    case .arrInt(let values): self.init(numbers: values.map { Double($0) })
    case .arrFloat(let values): self.init(numbers: values.map { Double($0) })
    case .arrString(let texts): self.init(texts: texts)
    }
  }

  private init(numbers: [Double]) {
    let shape = [Int32(clamping: numbers.count)]
    self.init(ioOneof: .tensor(Drucker.Tensor(shape: shape, val: numbers)))
  }

  private init(texts: [String]) {
    self.init(ioOneof: .str(Drucker.ArrString(val: texts)))
  }
}
