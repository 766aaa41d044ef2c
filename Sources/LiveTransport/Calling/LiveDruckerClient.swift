public import DruckerClient
import GRPC
import Transport

/// A client on real sockets, with a thread of its own for its event loop.
///
/// Its own functions make the calls; what they do not offer is done with the `DruckerClient` itself,
/// which is for the thread of its loop only: code that is given to `run` runs there.
public final class LiveDruckerClient: Sendable {
  private let executor: LoopExecutor
  private let thread: LoopThread<DruckerClient>

  /// A client; nothing is connected before the first call.
  ///
  /// Without `tls` all is in plain text.
  /// - Throws: `SocketError` when the process has too many open files or threads.
  public init(
    target: DruckerTarget, settings: DruckerClientSettings = DruckerClientSettings(),
    tls: TLSClient? = nil
  ) throws(SocketError) {
    var settings = settings
    if tls != nil { settings.grpc.scheme = "https" }
    let final = settings
    thread = try LoopThread { loop in
      let connector: any Connector =
        if let tls { TLSConnector(loop: loop, tls: tls) } else { SocketConnector(loop: loop) }
      return DruckerClient(
        target: target, settings: final, eventLoop: loop, connector: connector,
        random: { Double.random(in: 0..<1) })
    }
    executor = LoopExecutor(thread.handle)
  }

  deinit {
    thread.execute { _, client in client.close() }
  }

  /// Calls `body` with the client on its thread; cancelling the task cancels calls that run.
  public func run<Value: Sendable>(
    _ body: @escaping @Sendable (DruckerClient) async throws -> Value
  ) async throws -> Value {
    // A preference for an executor holds for everything that is isolated to no actor, also inside
    // the library's functions, where an actor of our own would be left.
    let task = Task(executorPreference: executor) {
      guard let client = self.thread.stateOnThread else {
        throw GRPCStatus(.unavailable, "the client's thread has ended")
      }
      return try await body(client)
    }
    let handle = thread.handle
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      // A call is cancelled on the thread that it runs on.
      handle.execute { task.cancel() }
    }
  }
}

/// Runs the jobs of tasks on an event loop.
final class LoopExecutor: TaskExecutor {
  private let handle: LoopHandle

  init(_ handle: LoopHandle) { self.handle = handle }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    handle.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
