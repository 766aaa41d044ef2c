public import DruckerClient
import GRPC
import Transport

/// A client on real sockets, with a thread of its own for its event loop.
///
/// `DruckerClient` is for the thread of its loop only; code that is given to `run` runs there.
public actor LiveDruckerClient {
  private nonisolated let executor: LoopExecutor
  private nonisolated let thread: LoopThread<DruckerClient>

  /// The loop's thread runs this actor.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// A client; nothing is connected before the first call.
  /// - Throws: `SocketError` when the process has too many open files or threads.
  public init(
    target: DruckerTarget, settings: DruckerClientSettings = DruckerClientSettings()
  ) throws {
    thread = try LoopThread { loop in
      DruckerClient(
        target: target, settings: settings, eventLoop: loop,
        connector: SocketConnector(loop: loop), random: { Double.random(in: 0..<1) })
    }
    executor = LoopExecutor(thread.handle)
  }

  deinit {
    thread.execute { _, client in client.close() }
  }

  /// Calls `body` with the client on its thread; cancelling the task cancels calls that run.
  public nonisolated func run<Value: Sendable>(
    _ body: @escaping @Sendable (DruckerClient) async throws -> Value
  ) async throws -> Value {
    let task = Task { try await self.perform(body) }
    let handle = thread.handle
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      // A call is cancelled on the thread that it runs on.
      handle.execute { task.cancel() }
    }
  }

  private func perform<Value: Sendable>(
    _ body: @Sendable (DruckerClient) async throws -> Value
  ) async throws -> Value {
    guard let client = thread.stateOnThread else { throw GRPCStatus(.unavailable, "closed") }
    return try await body(client)
  }
}

/// Runs the jobs of an actor on an event loop.
final class LoopExecutor: SerialExecutor {
  private let handle: LoopHandle

  init(_ handle: LoopHandle) { self.handle = handle }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    handle.execute { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
  }
}
