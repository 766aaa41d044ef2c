import DruckerProtocol
public import DruckerServing

extension DigitsPredictor {
  /// Compares answers with the labels of a file of labelled digits, see `DigitsEvaluationSet`.
  ///
  /// Precision, recall and F value have one element for each class, in order; `label` names them.
  /// Throws a `DigitsEvaluationSetError` that names the line of what is wrong.
  public func evaluate(_ data: EvaluationData) throws -> Evaluation {
    let set = try DigitsEvaluationSet(parsing: data.bytes)
    let evaluation = try DigitsEvaluation(of: model, on: set)
    let metrics = EvaluationMetrics(
      num: Int32(clamping: evaluation.details.count), accuracy: Float(evaluation.accuracy),
      precision: evaluation.precision.map { Float($0) },
      recall: evaluation.recall.map { Float($0) },
      fvalue: evaluation.fvalue.map { Float($0) },
      label: (0..<model.classCount).map { Self.tensor([Int32($0)]) })
    let details = evaluation.details.map { detail in
      EvaluationDetail(
        input: Self.tensor(detail.row.pixels), label: Self.tensor([Int32(detail.row.label)]),
        output: Self.tensor([Int32(detail.answer.label)]), score: [Float(detail.answer.score)],
        isCorrect: detail.isCorrect)
    }
    return Evaluation(metrics: metrics, details: details)
  }

  /// Numbers as a tensor of one dimension.
  private static func tensor(_ values: [Int32]) -> Drucker.IO {
    let shape = [Int32(clamping: values.count)]
    let tensor = Drucker.Tensor(shape: shape, val: values.map { Double($0) })
    return Drucker.IO(ioOneof: .tensor(tensor))
  }
}
