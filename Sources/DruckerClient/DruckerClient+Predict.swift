public import DruckerProtocol
import GRPC

extension DruckerClient {
  /// Predicts from one input; of a stream of outputs the first counts.
  ///
  /// `option` is JSON text for the predictor. The completion is called once, never from within this
  /// function.
  @discardableResult
  public func predict(
    _ input: DruckerInput, output: PayloadKind, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<DruckerPrediction>) -> Void
  ) -> DruckerCall {
    let call = DruckerMethod.Call.predict(input: input.kind, output: output)
    return start(call, messages: [input.message(option: option)], options: options) { reply in
      completion(
        reply.flatMap { messages in
          guard let first = messages.first else {
            return .failure(GRPCStatus(.internal, "the server sent no prediction"))
          }
          return Self.predictions([first], output).flatMap { Self.only($0) }
        })
    }
  }

  /// Predicts from each of some bytes in turn, over one call.
  ///
  /// With output bytes the server answers every input; with any other output it answers the first.
  @discardableResult
  public func predictEach(
    _ inputs: [[UInt8]], output: PayloadKind, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<[DruckerPrediction]>) -> Void
  ) -> DruckerCall {
    let messages = inputs.map { DruckerInput.bytes($0).message(option: option) }
    let call = DruckerMethod.Call.predict(input: .bytes, output: output)
    return start(call, messages: messages, options: options) { reply in
      completion(reply.flatMap { Self.predictions($0, output) })
    }
  }

  private static func predictions(
    _ messages: [[UInt8]], _ kind: PayloadKind
  ) -> Result<[DruckerPrediction], GRPCStatus> {
    do {
      return .success(try messages.map { try DruckerPrediction($0, kind: kind) })
    } catch {
      return .failure(GRPCStatus(.internal, "the server's message is malformed: \(error)"))
    }
  }

  /// The message of an option; none for an empty text.
  static func option(_ text: String) -> Drucker.Option? {
    text.isEmpty ? nil : Drucker.Option(val: text)
  }
}
