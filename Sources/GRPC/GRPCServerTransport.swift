public import HTTP2
public import Transport

/// Serves gRPC on a byte stream that was accepted; lives as long as the byte stream.
public final class GRPCServerTransport {
  /// The connection that is served.
  public let connection: GRPCServerConnection

  private let transport: HTTP2Transport

  /// Takes the byte stream over; `onCall` is that of `GRPCServerConnection`.
  public init(
    stream: any ByteStream, eventLoop: any EventLoop,
    settings: GRPCServerSettings = GRPCServerSettings(),
    onCall: @escaping (GRPCServerCall) -> Bool
  ) {
    connection = GRPCServerConnection(settings: settings, onCall: onCall)
    transport = HTTP2Transport(
      connection: connection.http2, stream: stream, eventLoop: eventLoop, handler: connection)
  }

  /// Called once, when the byte stream is over.
  public var onClosed: ((HTTP2TransportEnd) -> Void)? {
    get { connection.onClosed }
    set { connection.onClosed = newValue }
  }

  /// Whether the byte stream is over.
  public var isClosed: Bool { transport.isClosed }

  /// Takes no new calls, lets those that run finish, then closes.
  public func shutdown() { transport.perform { connection.shutdown() } }

  /// Runs several sends as one turn: one write at its end.
  public func perform(_ body: () -> Void) { transport.perform(body) }

  /// Sends what is queued and closes; calls that run are cancelled.
  public func close() { transport.close() }

  /// Breaks the byte stream at once, as a process that dies does.
  public func reset() { transport.reset() }
}
