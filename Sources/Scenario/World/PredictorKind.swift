import DigitsPredictor
package import DruckerServing

/// A predictor that scenarios name, with what a simulation must know of its models.
package struct PredictorKind {
  /// Makes predictors from model files.
  package var factory: PredictorFactory
  /// How much working memory a server comes to hold after it loaded a model, and how fast.
  package var memory: (_ model: [UInt8]) -> MemoryGrowth
  /// What a model says about an input, worked out beside the server, to hold its answers against;
  /// nil where nobody knows.
  package var reference: (_ model: [UInt8]) -> (([Int32]) -> Int32?)?

  /// - Parameters:
  ///   - memory: Nothing grows by default.
  ///   - reference: By default answers are only held against labels.
  package init(
    _ factory: PredictorFactory,
    memory: @escaping (_ model: [UInt8]) -> MemoryGrowth = { _ in MemoryGrowth() },
    reference: @escaping (_ model: [UInt8]) -> (([Int32]) -> Int32?)? = { _ in nil }
  ) {
    self.factory = factory
    self.memory = memory
    self.reference = reference
  }

  /// Memory that grows evenly after a model was loaded.
  package struct MemoryGrowth {
    /// Bytes in the end.
    package var bytes: Int64 = 0
    /// How long it takes.
    package var duration: Duration = .zero

    package init(bytes: Int64 = 0, duration: Duration = .zero) {
      self.bytes = bytes
      self.duration = duration
    }
  }

  /// The predictors that need no program of the user's.
  package static var builtIn: [String: PredictorKind] { ["digits": digits] }

  /// The sample predictor: handwritten digits; its models say how much they warm up.
  package static var digits: PredictorKind {
    PredictorKind(
      PredictorFactory(DigitsPredictor.self),
      memory: { bytes in
        guard let model = try? DigitsModel(parsing: bytes) else { return MemoryGrowth() }
        return MemoryGrowth(
          bytes: Int64(model.warmUpBytes), duration: .seconds(model.warmUpSeconds))
      },
      reference: { bytes in
        guard let model = try? DigitsModel(parsing: bytes) else { return nil }
        return { pixels in (try? model.classify(pixels)).map { Int32($0.label) } }
      })
  }
}
