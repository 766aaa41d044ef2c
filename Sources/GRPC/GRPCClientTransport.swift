public import HTTP2
public import Transport

/// Makes gRPC calls on a byte stream that was connected; lives as long as the byte stream.
public final class GRPCClientTransport {
  /// The connection beneath.
  public let connection: GRPCClientConnection

  private let transport: HTTP2Transport
  private let eventLoop: any EventLoop

  /// Takes the byte stream over.
  public init(
    stream: any ByteStream, eventLoop: any EventLoop,
    settings: GRPCClientSettings = GRPCClientSettings()
  ) {
    connection = GRPCClientConnection(settings: settings, nanoseconds: eventLoop.nanoseconds)
    self.eventLoop = eventLoop
    transport = HTTP2Transport(
      connection: connection.http2, stream: stream, eventLoop: eventLoop, handler: connection)
  }

  /// Starts a call; nil when the connection takes none (it is closed or closing).
  ///
  /// The caller sets the call's callbacks before it returns to the event loop.
  public func startCall(
    path: String, authority: String, metadata: GRPCMetadata = GRPCMetadata(),
    timeoutNanoseconds: Int64? = nil
  ) -> GRPCClientCall? {
    connection.http2.nanoseconds = eventLoop.nanoseconds
    return connection.startCall(
      path: path, authority: authority, metadata: metadata,
      timeoutNanoseconds: timeoutNanoseconds)
  }

  /// Whether `startCall` takes a call.
  public var canStartCall: Bool { connection.canStartCall }

  /// Whether the server lets another call begin before one of those that run has ended.
  public var hasFreeStream: Bool {
    connection.activeCalls < connection.http2.peerMaxConcurrentStreams
  }

  /// Whether the byte stream is over.
  public var isClosed: Bool { transport.isClosed }

  /// Called once, when the server announces that it takes no new calls.
  public var onGoAway: (() -> Void)? {
    get { connection.onGoAway }
    set { connection.onGoAway = newValue }
  }

  /// Called once, when the byte stream is over; all calls have ended before.
  public var onClosed: ((HTTP2TransportEnd) -> Void)? {
    get { connection.onClosed }
    set { connection.onClosed = newValue }
  }

  /// Runs several submissions as one turn: one write at its end.
  public func perform(_ body: () -> Void) { transport.perform(body) }

  /// Starts no more calls, lets those that run finish, then closes.
  public func shutdown() { transport.perform { connection.shutdown() } }

  /// Sends what is queued and closes; calls that run end as UNAVAILABLE.
  public func close() { transport.close() }

  /// Breaks the byte stream at once, as a process that dies does.
  public func reset() { transport.reset() }
}
