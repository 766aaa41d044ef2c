import GRPC
public import Transport

/// The open connections to a target, and the calls that are made on them, slice by slice.
///
/// Everything happens on the event loop's thread.
public final class LoadTarget {
  private let plan: LoadPlan
  private let requests: [LoadRequest]
  private let eventLoop: any EventLoop
  private let clock: () -> Int64
  private var connections: [LoadConnection] = []
  private var nextConnection = 0
  private var nextRequest = 0
  private var run: LoadRun?

  /// Called when a connection could not be opened; it is tried again.
  public var onFailure: (ConnectFailure) -> Void = { _ in }

  /// CPU time of the generator's thread so far, in nanoseconds; nil where it is not known.
  public var generatorCPU: () -> Int64? = { nil }

  /// CPU time of the server's process so far, in nanoseconds; nil where it is not known.
  public var serverCPU: () -> Int64? = { nil }

  /// A target without open connections; `clock` is the event loop's, read without delay.
  public init(
    _ address: LoadAddress, plan: LoadPlan, requests: [LoadRequest], eventLoop: any EventLoop,
    connector: any Connector, clock: @escaping () -> Int64
  ) {
    precondition(!requests.isEmpty, "a load without a request")
    precondition(plan.connections > 0 && plan.streamsPerConnection > 0, "a load without streams")
    self.plan = plan
    self.requests = requests
    self.eventLoop = eventLoop
    self.clock = clock
    connections = (0..<plan.connections).map { _ in
      LoadConnection(address, connector: connector, eventLoop: eventLoop)
    }
  }

  /// Opens all connections, then calls `completion`; failures are told, and tried again.
  public func open(completion: @escaping () -> Void) {
    var missing = connections.count
    for connection in connections {
      connection.onFailure = { [weak self] in self?.onFailure($0) }
      connection.onOpen = { [weak self, weak connection] in
        missing -= 1
        connection?.onOpen = { self?.run?.streamFreed() }
        if missing == 0 { completion() }
      }
      connection.open()
    }
  }

  /// Closes all connections; calls that run end.
  public func close() {
    for connection in connections { connection.close() }
  }

  /// Makes the load until `end`, after a warm-up, and calls `completion` with what was measured.
  public func measure(
    warmUpNanoseconds: Int64, until end: LoadPlan.End, seed: UInt64,
    completion: @escaping (LoadResult) -> Void
  ) {
    precondition(run == nil, "a slice was begun before the last one had ended")
    let run = LoadRun(
      self, plan: plan, end: end, warmUpNanoseconds: warmUpNanoseconds, seed: seed,
      eventLoop: eventLoop, clock: clock
    ) { [weak self] result in
      self?.run = nil
      completion(result)
    }
    self.run = run
    run.begin()
  }

  /// Whether a stream is free.
  var hasFreeStream: Bool { connections.contains { isFree($0) } }

  /// Makes the next call on the next connection with a free stream; false when there is none.
  func call(
    timeoutNanoseconds: Int64?, completion: @escaping (Int) -> Void
  ) -> Bool {
    for step in 0..<connections.count {
      let index = (nextConnection + step) % connections.count
      guard isFree(connections[index]) else { continue }
      let request = requests[nextRequest % requests.count]
      let variant = nextRequest / requests.count % request.variants.count
      let isStarted = connections[index].call(
        request.path, request.variants[variant], timeoutNanoseconds: timeoutNanoseconds
      ) { completion($0.rawValue) }
      guard isStarted else { continue }
      nextRequest += 1
      nextConnection = (index + 1) % connections.count
      return true
    }
    return false
  }

  private func isFree(_ connection: LoadConnection) -> Bool {
    connection.isOpen && connection.active < plan.streamsPerConnection
  }
}
