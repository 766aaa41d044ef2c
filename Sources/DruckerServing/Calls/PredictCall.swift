import DruckerProtocol
import GRPC
import Transport

/// One of the 25 prediction calls.
///
/// A call that streams bytes in and other types out answers its first message and ignores the
/// rest; bytes in and bytes out answers every message in turn, one at a time.
final class PredictCall: GRPCServerCallHandler {
  private enum State {
    case idle
    case predicting
    case finished
  }

  private let server: ModelServer
  private let responder: GRPCServerCall
  private let kind: PredictKind
  @exclusivity(unchecked) private var state = State.idle
  @exclusivity(unchecked) private var work: RunningWork?
  @exclusivity(unchecked) private var hasInput = false
  @exclusivity(unchecked) private var requestsHaveEnded = false
  /// Requests that wait for the prediction before them; delivery is paused, so there are few.
  @exclusivity(unchecked) private var waiting: [[UInt8]] = []

  init(server: ModelServer, _ kind: PredictKind, _ responder: GRPCServerCall) {
    self.server = server
    self.responder = responder
    self.kind = kind
  }

  func messageReceived(_ message: [UInt8]) {
    message.withUnsafeBytes { messageReceived(bytes: $0) }
  }

  func messageReceived(bytes message: UnsafeRawBufferPointer) {
    if hasInput {
      switch kind.streaming {
      case .bidirectionalStreaming: break
      case .clientStreaming: return
      case .unary, .serverStreaming:
        end(GRPCStatus(.internal, "the call takes one request, got another"))
        return
      }
    }
    hasInput = true
    switch state {
    case .idle: predict(message)
    case .predicting: waiting.append(Array(message))
    case .finished: break
    }
  }

  func requestsEnded() {
    requestsHaveEnded = true
    guard case .idle = state else { return }
    if hasInput || kind.streaming == .bidirectionalStreaming {
      end(.ok)
    } else {
      end(GRPCStatus(.internal, "the call has no request"))
    }
  }

  func callCancelled(_ status: GRPCStatus) {
    state = .finished
    waiting = []
    work?.cancel()
    work = nil
  }

  private func predict(_ message: UnsafeRawBufferPointer) {
    state = .predicting
    let request: PredictRequest
    do {
      request = try PredictRequest(kind.input, message)
    } catch {
      end(GRPCStatus(.internal, "the request cannot be read: \(error)"))
      return
    }
    // The instance that the prediction begins with is the one it ends with.
    guard let predictor = server.predictor else {
      end(GRPCStatus(.unavailable, "no model is loaded"))
      return
    }
    guard let gate = server.surroundings.computeGate else {
      compute(request, predictor)
      return
    }
    let work = RunningWork()
    self.work = work
    if kind.streaming == .bidirectionalStreaming { responder.pauseReading() }
    let timer = gate.run(.predict(input: kind.input, payloadBytes: message.count)) { [self] in
      if !work.isCancelled { compute(request, predictor) }
    }
    work.cancelStep = { timer.cancel() }
  }

  private func compute(_ request: PredictRequest, _ predictor: LoadedPredictor) {
    let option = PredictOption(text: request.optionText, outputKind: kind.output)
    guard let asynchronous = predictor.asynchronous else {
      let prediction: Prediction
      do {
        prediction = try predictor.predict(request.input, option)
        try check(prediction)
      } catch {
        return predictionFailed(request, option, predictor.file, error)
      }
      answer(request, option, predictor.file, prediction)
      return
    }
    let file = predictor.file
    let work = self.work ?? RunningWork()
    self.work = work
    if kind.streaming == .bidirectionalStreaming { responder.pauseReading() }
    let input = request.input
    work.cancelStep = server.bridge.run {
      try await asynchronous.predict(input, option: option)
    } completion: { [self] result in
      guard !work.isCancelled else { return }
      do {
        let prediction = try result.get()
        try check(prediction)
        answer(request, option, file, prediction)
      } catch {
        predictionFailed(request, option, file, error)
      }
    }
  }

  /// Whether an answer is still of use to anybody.
  private var isAwaited: Bool {
    if case .predicting = state { server.isAlive } else { false }
  }

  private func predictionFailed(
    _ request: PredictRequest, _ option: PredictOption, _ modelFile: String, _ error: any Error
  ) {
    if work != nil { work = nil }
    guard isAwaited else { return }
    server.log.system(.error, "prediction failed: \(error)")
    guard server.configuration.legacyErrorResponses else {
      end(GRPCStatus(.internal, "the prediction failed: \(error)"))
      return
    }
    answer(request, option, modelFile, .legacyDefault(kind.output))
  }

  private func answer(
    _ request: PredictRequest, _ option: PredictOption, _ modelFile: String,
    _ prediction: Prediction
  ) {
    if work != nil { work = nil }
    guard isAwaited else { return }
    prediction.send(on: responder)
    if server.log.logsPredictions {
      server.log.prediction(
        request.input, option: request.optionText, answer: prediction,
        isSuppressed: option.suppressesLog)
    }
    server.predictionAnswered(call: responder, modelFile: modelFile)
    proceed()
  }

  private func check(_ prediction: Prediction) throws {
    // By cases: kinds are compared by their names.
    switch (prediction.output, kind.output) {
    case (.string, .string), (.bytes, .bytes), (.arrInt, .arrInt), (.arrFloat, .arrFloat),
      (.arrString, .arrString):
      return
    case (let output, let asked):
      throw PredictorError(
        "the predictor answered \(output.kind.rawValue), the call asks for \(asked.rawValue)")
    }
  }

  /// After an answer: the next request of a stream, or the end.
  private func proceed() {
    guard kind.streaming == .bidirectionalStreaming else {
      end(.ok)
      return
    }
    state = .idle
    if !waiting.isEmpty {
      waiting.removeFirst().withUnsafeBytes { predict($0) }
    } else if requestsHaveEnded {
      end(.ok)
    } else if responder.isWritable {
      responder.resumeReading()
    } else {
      // The client does not take its answers: it gets no further until it does.
      responder.pauseReading()
      responder.onWritable = { [self] in
        if case .idle = state { responder.resumeReading() }
      }
    }
  }

  private func end(_ status: GRPCStatus) {
    if case .finished = state { return }
    state = .finished
    if !waiting.isEmpty { waiting = [] }
    responder.finish(status)
  }
}
