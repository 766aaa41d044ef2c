public import DruckerProtocol

extension DruckerClient {
  /// Predicts from one input, awaited; of a stream of outputs the first counts.
  public func predict(
    _ input: DruckerInput, output: PayloadKind, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> DruckerPrediction {
    try await reply {
      predict(input, output: output, option: option, options: options, completion: $0)
    }
  }
}
