/// Which kind of header block arrived.
public enum HTTP2HeadersKind: Hashable, Sendable {
  /// The first block of a request, at a server.
  case request
  /// The final block of a response, at a client; informational ones are dropped.
  case response
  /// The block after the data.
  case trailers
}

/// What happens on an HTTP/2 connection.
///
/// Called from within `receive` and `takeOutput` only. It may submit, consume and reset from any
/// of these, but must not call `receive` or `takeOutput`.
public protocol HTTP2ConnectionHandler: AnyObject {
  /// A header block arrived; `endReceived` follows when it ends the peer's direction.
  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool)

  /// Data arrived; the bytes are valid during the call only, and count until `consume`.
  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer)

  /// The peer has ended its direction of the stream.
  func endReceived(_ stream: HTTP2Stream)

  /// The stream is over: ended in both directions, reset by either end, or refused.
  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode)

  /// The stream became writable again after its backlog had reached the limit.
  func streamDrained(_ stream: HTTP2Stream)

  /// The peer will not take streams above `lastStream`; those that exist are closed next.
  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode)

  /// A PING of the peer arrived; its acknowledgement is queued already.
  func pingReceived()

  /// A PING of this end was acknowledged.
  func pingAcknowledged()
}

/// Holds the handler of a connection, so that no event takes a reference to it.
///
/// A handler that is looked up in a variable is retained for each call, since the variable may change
/// meanwhile; what a constant of a lent object holds is not.
public final class HTTP2EventReceiver {
  let handler: any HTTP2ConnectionHandler

  /// Holds a handler.
  public init(_ handler: any HTTP2ConnectionHandler) { self.handler = handler }
}
