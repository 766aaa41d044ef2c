import AssignmentStore
import CEpoll
public import DruckerServing
public import GRPC
import Glibc
import ModelStorage
import Transport

/// A model server on a real port: one `ModelServer` on each event loop, and one model for all.
///
/// All share nothing but the loaded model and the logs, so that no lock is taken for a prediction
/// but the one that hands out the model's reference.
public final class LiveModelServer: Sendable {
  /// Why a server does not start.
  public enum StartError: Error, Hashable, Sendable {
    /// The port cannot be listened on, or the process has too few files or threads.
    case socket(SocketError)
    /// The assignment or the model cannot be loaded; the reason is in the system log.
    case boot(exitCode: Int32)
  }

  /// Where a server finds and leaves its things.
  public struct Places: Sendable {
    /// The folder of the assignment table's file.
    public var stateFolder = "."
    /// After how long without a byte an upload that no process holds is removed, in seconds.
    public var abandonedUploadSeconds: Int64 = 3_600
    /// Takes what the server does.
    public var systemLog: LogFile
    /// Takes a line for each prediction; nil costs nothing.
    public var serviceLog: LogFile?

    /// Places with logs.
    public init(systemLog: LogFile, serviceLog: LogFile? = nil) {
      self.systemLog = systemLog
      self.serviceLog = serviceLog
    }
  }

  /// The port that is listened on.
  public let port: Int

  private let group: LoopGroup<ModelService>

  /// Loads the model, then listens.
  ///
  /// The configuration's own port is not looked at, but that of the limits.
  public init(
    configuration: ServingConfiguration, predictor: PredictorFactory, places: Places,
    limits: LiveLimits = LiveLimits(), grpc: GRPCServerSettings = GRPCServerSettings()
  ) throws(StartError) {
    let model = ServedModel()
    do throws(SocketError) {
      var serviceLog: ServiceLog?
      if let file = places.serviceLog {
        serviceLog = try ServiceLog(file, configuration: configuration, host: ModelService.hostName)
      }
      group = try LoopGroup(limits) { [serviceLog] loop in
        ModelService(
          loop: loop, configuration: configuration, predictor: predictor, places: places,
          serviceLog: serviceLog, model: model, grpc: grpc, tls: limits.tls)
      }
    } catch {
      throw .socket(error)
    }
    Self.removeAbandonedUploads(configuration, places)
    // One after the other: the first loads the model, and the others find it loaded.
    for thread in group.threads {
      let code = blocking { (done: @escaping @Sendable (Int32?) -> Void) in
        thread.execute { _, service in service.boot { done($0) } }
      }
      guard let code else { continue }
      Self.stop(group)
      throw .boot(exitCode: code)
    }
    do throws(SocketError) {
      port = try group.listen()
    } catch {
      Self.stop(group)
      throw .socket(error)
    }
  }

  /// What a process that was killed in an upload left behind is of no use to anybody.
  private static func removeAbandonedUploads(
    _ configuration: ServingConfiguration, _ places: Places
  ) {
    for folder in [configuration.modelDirectory, configuration.evaluationDirectory] {
      DirectoryModelMount(folder: folder).removeAbandonedUploads(
        olderThanSeconds: places.abandonedUploadSeconds)
    }
  }

  /// Accepts no more connections, says GOAWAY, finishes running calls, then calls `completion`.
  public func stop(completion: @escaping @Sendable () -> Void) {
    group.stop(completion: completion)
  }

  /// Stops and waits for it.
  public func stopAndWait() { Self.stop(group) }

  private static func stop(_ group: LoopGroup<ModelService>) {
    blocking { (done: @escaping @Sendable (Bool) -> Void) in group.stop { done(true) } }
  }
}

/// The model server of one event loop.
final class ModelService: LoopService {
  private let loop: SocketEventLoop
  private let server: ModelServer?
  private let openError: String?
  private let systemLog: LogBuffer
  private let serviceLog: ServiceLogBuffer?
  private let log: ServingLog
  private let connections: OpenConnections

  init(
    loop: SocketEventLoop, configuration: ServingConfiguration, predictor: PredictorFactory,
    places: LiveModelServer.Places, serviceLog: ServiceLog?, model: ServedModel,
    grpc: GRPCServerSettings, tls: TLSServer?
  ) {
    self.loop = loop
    connections = OpenConnections(loop, tls: tls)
    let systemLog = LogBuffer(places.systemLog, loop: loop)
    let serviceLog = serviceLog.map { ServiceLogBuffer($0, loop: loop) }
    self.systemLog = systemLog
    self.serviceLog = serviceLog
    let records: PredictionRecordSink? = serviceLog.map { buffer in { buffer.room($0) } }
    let clock = TurnClock(loop)
    log = ServingLog(
      configuration: configuration, host: Self.hostName, wallClock: { clock.nanoseconds },
      system: { systemLog.append($0) }, records: records)
    let assignments: any AssignmentStoring
    do throws(AssignmentError) {
      assignments = try AssignmentDatabase.open(
        mode: configuration.databaseMode, folder: places.stateFolder,
        testMode: configuration.testMode)
    } catch {
      server = nil
      openError = error.message
      return
    }
    openError = nil
    var surroundings = ServingSurroundings(
      loop: loop, assignments: assignments,
      models: DirectoryModelMount(folder: configuration.modelDirectory),
      evaluations: DirectoryModelMount(folder: configuration.evaluationDirectory), log: log)
    surroundings.grpc = grpc
    surroundings.servedModel = model
    surroundings.returnToLoop = { [handle = loop.handle] in handle.execute($0) }
    server = ModelServer(
      configuration: configuration, predictor: predictor, surroundings: surroundings)
  }

  /// Calls back with nil once ready, else with an exit code.
  func boot(completion: @escaping (Int32?) -> Void) {
    guard let server else {
      log.report(.error, "cannot start: \(openError ?? "")")
      systemLog.flush()
      completion(ModelServer.bootFailureExitCode)
      return
    }
    server.boot { [systemLog] outcome in
      systemLog.flush()
      switch outcome {
      case .ready: completion(nil)
      case .exit(let code): completion(code)
      }
    }
  }

  func accept(_ socket: AcceptedSocket) {
    guard let server, let stream = connections.open(socket) else { return }
    server.accept(stream)
  }

  func stop(graceNanoseconds: Int64, completion: @escaping () -> Void) {
    let finish = { [self] in
      systemLog.flush()
      serviceLog?.flush()
      completion()
    }
    guard let server else { return finish() }
    let cutOff = loop.schedule(afterNanoseconds: graceNanoseconds) { [self] in
      log.report(.warning, "calls that still run are cut off")
      server.abort()
      finish()
    }
    server.shutdown { [self] in
      // What was sent last is still on its way.
      connections.whenClosed {
        cutOff.cancel()
        finish()
      }
    }
  }

  static let hostName: String = {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}

/// The wall clock at the beginning of an event loop's turn, which is asked once a turn.
private final class TurnClock {
  private let loop: SocketEventLoop
  @exclusivity(unchecked) private var turn = Int64.min
  @exclusivity(unchecked) private var wall: Int64 = 0

  init(_ loop: SocketEventLoop) { self.loop = loop }

  /// Nanoseconds since 1970.
  var nanoseconds: Int64 {
    if loop.nanoseconds != turn {
      turn = loop.nanoseconds
      wall = andruck_wall_nanoseconds()
    }
    return wall
  }
}
