import DruckerProtocol
import GRPC
import Transport

/// One of the 25 prediction calls.
///
/// A call that streams bytes in and other types out answers its first message and ignores the
/// rest; bytes in and bytes out answers every message in turn, one at a time.
///
/// Its `GRPCServerCall` keeps it, and both are used again for other calls. So it holds neither that nor
/// the server, which has the connection: its methods are lent both, and whoever waits holds them.
final class PredictCall: GRPCServerCallHandler {
  private enum State {
    case idle
    case predicting
    case finished
  }

  private let server: Unmanaged<ModelServer>
  private let responder: Unmanaged<GRPCServerCall>
  private let kind: PredictKind
  @exclusivity(unchecked) private var state = State.idle
  @exclusivity(unchecked) private var work: RunningWork?
  @exclusivity(unchecked) private var hasInput = false
  @exclusivity(unchecked) private var requestsHaveEnded = false
  /// Requests that wait for the prediction before them; delivery is paused, so there are few.
  @exclusivity(unchecked) private var waiting: [[UInt8]] = []

  init(server: ModelServer, _ kind: PredictKind, _ responder: GRPCServerCall) {
    self.server = Unmanaged.passUnretained(server)
    self.responder = Unmanaged.passUnretained(responder)
    self.kind = kind
  }

  /// Begins anew with another call of its responder; false where that is one of another kind.
  func begin(note: Int) -> Bool {
    guard note == kind.note else { return false }
    state = .idle
    hasInput = false
    requestsHaveEnded = false
    return true
  }

  func messageReceived(_ message: [UInt8]) {
    message.withUnsafeBytes { messageReceived(bytes: $0) }
  }

  func messageReceived(bytes message: UnsafeRawBufferPointer) {
    lend { messageReceived(message, $0, $1) }
  }

  func requestsEnded() {
    requestsHaveEnded = true
    guard case .idle = state else { return }
    let isWhole = hasInput || kind.streaming == .bidirectionalStreaming
    lend { _, responder in
      end(isWhole ? .ok : GRPCStatus(.internal, "the call has no request"), responder)
    }
  }

  func callCancelled(_ status: GRPCStatus) {
    state = .finished
    if !waiting.isEmpty { waiting = [] }
    work?.cancel()
    work = nil
  }

  /// Lends what lives as long as the event that is handled.
  @inline(__always)
  private func lend(_ body: (ModelServer, GRPCServerCall) -> Void) {
    server._withUnsafeGuaranteedRef { server in
      responder._withUnsafeGuaranteedRef { body(server, $0) }
    }
  }

  private func messageReceived(
    _ message: UnsafeRawBufferPointer, _ server: ModelServer, _ responder: GRPCServerCall
  ) {
    if hasInput {
      switch kind.streaming {
      case .bidirectionalStreaming: break
      case .clientStreaming: return
      case .unary, .serverStreaming:
        end(GRPCStatus(.internal, "the call takes one request, got another"), responder)
        return
      }
    }
    hasInput = true
    switch state {
    case .idle: predict(message, server, responder)
    case .predicting: waiting.append(Array(message))
    case .finished: break
    }
  }

  private func predict(
    _ message: UnsafeRawBufferPointer, _ server: ModelServer, _ responder: GRPCServerCall
  ) {
    state = .predicting
    let request: PredictRequest
    do {
      request = try PredictRequest(kind.input, message)
    } catch {
      end(GRPCStatus(.internal, "the request cannot be read: \(error)"), responder)
      return
    }
    // The instance that the prediction begins with is the one it ends with.
    guard let predictor = server.borrowedPredictor else {
      end(GRPCStatus(.unavailable, "no model is loaded"), responder)
      return
    }
    guard let gate = server.surroundings.computeGate else {
      predictor._withUnsafeGuaranteedRef { compute(request, $0, server, responder) }
      return
    }
    let held = predictor.takeUnretainedValue()
    let work = ComputeKind.predict(input: kind.input, payloadBytes: message.count)
    wait(for: gate, work, responder) { [self] in
      compute(request, held, server, responder)
    }
  }

  /// Goes on when there is CPU time for it, unless the call is over by then.
  private func wait(
    for gate: any ComputeGate, _ kind: ComputeKind, _ responder: GRPCServerCall,
    _ compute: @escaping () -> Void
  ) {
    let work = RunningWork()
    self.work = work
    if self.kind.streaming == .bidirectionalStreaming { responder.pauseReading() }
    let timer = gate.run(kind) {
      if !work.isCancelled { compute() }
    }
    work.cancelStep = { timer.cancel() }
  }

  private func compute(
    _ request: PredictRequest, _ predictor: LoadedPredictor, _ server: ModelServer,
    _ responder: GRPCServerCall
  ) {
    let option = PredictOption(text: request.optionText, outputKind: kind.output)
    if let asynchronous = predictor.asynchronous {
      return compute(request, option, predictor.file, asynchronous, server, responder)
    }
    let prediction: Prediction
    do {
      prediction = try predictor.predict(request.input, option)
      try check(prediction.output)
    } catch {
      return predictionFailed(request, option, predictor.file, error, server, responder)
    }
    answer(request, option, predictor.file, prediction, server, responder)
  }

  /// The same with a predictor that may suspend.
  private func compute(
    _ request: PredictRequest, _ option: PredictOption, _ file: String,
    _ asynchronous: any Predictor, _ server: ModelServer, _ responder: GRPCServerCall
  ) {
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
        try check(prediction.output)
        answer(request, option, file, prediction, server, responder)
      } catch {
        predictionFailed(request, option, file, error, server, responder)
      }
    }
  }

  /// Whether an answer is still of use to anybody.
  private func isAwaited(_ server: ModelServer) -> Bool {
    if case .predicting = state { server.isAlive } else { false }
  }

  private func predictionFailed(
    _ request: PredictRequest, _ option: PredictOption, _ modelFile: String, _ error: any Error,
    _ server: ModelServer, _ responder: GRPCServerCall
  ) {
    if work != nil { work = nil }
    guard isAwaited(server) else { return }
    server.log.system(.error, "prediction failed: \(error)")
    guard server.configuration.legacyErrorResponses else {
      end(GRPCStatus(.internal, "the prediction failed: \(error)"), responder)
      return
    }
    let prediction = Prediction.legacyDefault(kind.output)
    answer(request, option, modelFile, prediction, server, responder)
  }

  private func answer(
    _ request: PredictRequest, _ option: PredictOption, _ modelFile: String,
    _ prediction: Prediction, _ server: ModelServer, _ responder: GRPCServerCall
  ) {
    if work != nil { work = nil }
    guard isAwaited(server) else { return }
    prediction.send(on: responder)
    if server.log.logsPredictions {
      server.log.prediction(request, prediction, isSuppressed: option.suppressesLog)
    }
    server.predictionAnswered(call: responder, modelFile: modelFile)
    proceed(server, responder)
  }

  private func check(_ output: PredictOutput) throws {
    // By numbers: kinds are compared by their names.
    let answered = output.kind
    if PredictKind.number(answered) == PredictKind.number(kind.output) { return }
    let (answer, asked) = (answered.rawValue, kind.output.rawValue)
    throw PredictorError("the predictor answered \(answer), the call asks for \(asked)")
  }

  /// After an answer: the next request of a stream, or the end.
  private func proceed(_ server: ModelServer, _ responder: GRPCServerCall) {
    guard kind.streaming == .bidirectionalStreaming else {
      end(.ok, responder)
      return
    }
    state = .idle
    if !waiting.isEmpty {
      waiting.removeFirst().withUnsafeBytes { predict($0, server, responder) }
    } else if requestsHaveEnded {
      end(.ok, responder)
    } else if responder.isWritable {
      responder.resumeReading()
    } else {
      // The client does not take its answers: it gets no further until it does.
      responder.pauseReading()
      responder.onWritable = { [unowned responder, self] in
        if case .idle = state { responder.resumeReading() }
      }
    }
  }

  private func end(_ status: GRPCStatus, _ responder: GRPCServerCall) {
    if case .finished = state { return }
    state = .finished
    if !waiting.isEmpty { waiting = [] }
    responder.finish(status)
  }
}
