import AssignmentStore
import DruckerProtocol
import GRPC
import ModelStorage
public import Transport

/// A model server: loads the assigned model, then answers calls on any number of connections.
///
/// It knows no shell: time, CPU, storage and byte streams come from outside, and everything
/// happens on one thread, that of `ServingSurroundings.loop`.
public final class ModelServer {
  /// How a start ended.
  public enum BootOutcome: Hashable, Sendable {
    /// The model is loaded: listen, and hand connections to `accept`.
    case ready
    /// The process ends with this code; why is in the system log.
    case exit(code: Int32)
  }

  /// Where the server is in its life.
  public enum Phase: Hashable, Sendable {
    /// Not started.
    case created
    /// Reads its assignment and loads its model.
    case booting
    /// Takes connections and calls.
    case ready
    /// Finishes the calls that run.
    case stopping
    /// Over.
    case stopped
  }

  private enum State {
    case created
    case booting(RunningWork)
    case ready
    case stopping(completion: () -> Void)
    case stopped
  }

  /// The exit code of a server that cannot load its model.
  public static let bootFailureExitCode: Int32 = 255

  /// How the server is set up.
  public let configuration: ServingConfiguration

  /// How many predictions were answered.
  @exclusivity(unchecked) public private(set) var predictionCount = 0

  let factory: PredictorFactory
  let surroundings: ServingSurroundings
  let bridge: AsynchronousBridge
  private let servedModel: ServedModel
  @exclusivity(unchecked) private var ownPredictor: LoadedPredictor?
  @exclusivity(unchecked) private var ownGeneration = -1
  /// Health watches that are open, in the order of their calls.
  var watches: [HealthWatch] = []
  @exclusivity(unchecked) private var state = State.created
  private var connections: [GRPCServerTransport] = []

  /// A server that is not started yet.
  public init(
    configuration: ServingConfiguration, predictor: PredictorFactory,
    surroundings: ServingSurroundings
  ) {
    self.configuration = configuration
    factory = predictor
    self.surroundings = surroundings
    servedModel = surroundings.servedModel ?? ServedModel()
    bridge = AsynchronousBridge(returnToLoop: surroundings.returnToLoop)
  }

  /// Connections do not outlive the server, and calls that compute hold it.
  deinit {
    for connection in connections {
      connection.onClosed = nil
      connection.reset()
    }
  }

  var log: ServingLog { surroundings.log }

  /// The instance that new predictions begin with.
  ///
  /// An object of this server's own: memory that several threads hold and let go of for every call
  /// would wander between their processors.
  var predictor: LoadedPredictor? { borrowedPredictor?.takeUnretainedValue() }

  /// The same without a reference of the caller's own, valid until it is asked for again.
  var borrowedPredictor: Unmanaged<LoadedPredictor>? {
    let generation = servedModel.generation
    if generation != ownGeneration {
      // A replacement in between has another number, and is seen by the next call.
      ownPredictor = servedModel.predictor?.shared()
      ownGeneration = generation
    }
    return ownPredictor.map { Unmanaged.passUnretained($0) }
  }

  /// Where the server is in its life.
  public var phase: Phase {
    switch state {
    case .created: .created
    case .booting: .booting
    case .ready: .ready
    case .stopping: .stopping
    case .stopped: .stopped
    }
  }

  /// The file name of the model that new predictions use; nil before it is loaded.
  public var modelFile: String? { predictor?.file }

  /// How many calls run on all connections.
  public var runningCalls: Int { connections.reduce(0) { $0 + $1.connection.activeCalls } }

  /// Whether calls are answered.
  var isAlive: Bool {
    switch state {
    case .ready, .stopping: true
    case .created, .booting, .stopped: false
    }
  }

  var isReady: Bool { phase == .ready }

  /// Reads the assignment and loads the model; calls `completion` once, unless stopped before.
  ///
  /// A server that shares its model with one that has loaded it is ready at once.
  public func boot(completion: @escaping (BootOutcome) -> Void) {
    precondition(phase == .created, "a server boots once, this one is \(phase)")
    if predictor != nil {
      state = .ready
      completion(.ready)
      return
    }
    let work = RunningWork()
    state = .booting(work)
    bootModel(work) { [self] result in
      switch result {
      case .success(let loaded):
        servedModel.predictor = loaded
        state = .ready
        log.system(.info, "serving \(loaded.file)")
        completion(.ready)
      case .failure(let error):
        state = .stopped
        log.system(.error, "cannot start: \(error)")
        completion(.exit(code: Self.bootFailureExitCode))
      }
    }
  }

  /// Serves a client's connection; one that comes while the server is not ready is reset.
  public func accept(_ stream: any ByteStream) {
    guard isReady else {
      stream.reset()
      return
    }
    // No weak reference to the server, which would make each of its references cost more.
    let server = Unmanaged.passUnretained(self)
    let connection = GRPCServerTransport(
      stream: stream, eventLoop: surroundings.loop, settings: surroundings.grpc
    ) { call in
      server._withUnsafeGuaranteedRef { $0.begin(call) }
    }
    connections.append(connection)
    connection.onClosed = { [weak connection] _ in
      guard let connection else { return }
      server.takeUnretainedValue().closed(connection)
    }
  }

  private func closed(_ connection: GRPCServerTransport) {
    connections.removeAll { $0 === connection }
    finishStopping()
  }

  /// Takes no new calls, lets those that run finish, then calls `completion`.
  public func shutdown(completion: @escaping () -> Void) {
    switch state {
    case .created, .stopped:
      state = .stopped
      completion()
    case .booting(let work):
      state = .stopped
      work.cancel()
      completion()
    case .stopping(let earlier):
      state = .stopping {
        earlier()
        completion()
      }
    case .ready:
      state = .stopping(completion: completion)
      log.system(.info, "stopping")
      let watches = self.watches
      self.watches = []
      for watch in watches { watch.serverStopping() }
      for connection in connections { connection.shutdown() }
      finishStopping()
    }
  }

  /// Ends at once, as a killed process does: connections break, nothing is called any more.
  public func abort() {
    if case .booting(let work) = state { work.cancel() }
    state = .stopped
    watches = []
    let connections = self.connections
    self.connections = []
    for connection in connections { connection.reset() }
  }

  /// Writes an assignment and serves its model, in one step for all that share the model.
  func assign(_ file: String, _ loaded: LoadedPredictor?) -> AssignmentOutcome<Assignment> {
    servedModel.exclusively {
      let written = surroundings.assignments.assign(
        service: configuration.serviceName, modelPath: file, firstBoot: false)
      if case .success = written.result, let loaded { servedModel.predictor = loaded }
      return written
    }
  }

  func predictionAnswered(call: GRPCServerCall, modelFile: String) {
    predictionCount += 1
    guard let onPrediction = surroundings.onPrediction else { return }
    onPrediction(
      AnsweredPrediction(
        requestID: call.metadataText("x-request-id"), modelFile: modelFile))
  }

  private func finishStopping() {
    guard case .stopping(let completion) = state, connections.isEmpty else { return }
    state = .stopped
    log.system(.info, "stopped")
    completion()
  }
}
