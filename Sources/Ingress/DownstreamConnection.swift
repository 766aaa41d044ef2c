import HTTP2
import Transport

/// A client's connection: makes an exchange of each request.
final class DownstreamConnection: HTTP2TransportHandler {
  let connection: HTTP2Connection
  let nextDeadlineNanoseconds: Int64? = nil
  private weak var proxy: IngressProxy?

  init(proxy: IngressProxy, stream: any ByteStream) {
    self.proxy = proxy
    connection = HTTP2Connection(role: .server, settings: proxy.settings.downstream)
    // The byte stream keeps the transport alive, and the transport this handler.
    _ = HTTP2Transport(
      connection: connection, stream: stream, eventLoop: proxy.eventLoop, handler: self)
  }

  func advance(to nanoseconds: Int64) {}

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    if kind == .trailers {
      exchange(stream)?.requestTrailersReceived(headers)
      return
    }
    guard let proxy else { return }
    proxy.requestReceived(
      headers, endStream: endStream, on: stream, of: self)
  }

  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    if let exchange = exchange(stream) {
      exchange.requestDataReceived(bytes)
    } else {
      connection.consume(stream, bytes: bytes.count)
    }
  }

  func endReceived(_ stream: HTTP2Stream) { exchange(stream)?.requestEndReceived() }

  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    exchange(stream)?.downstreamClosed(code: code)
  }

  func streamDrained(_ stream: HTTP2Stream) { exchange(stream)?.downstreamDrained() }

  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}

  func pingReceived() {}

  func pingAcknowledged() {}

  func transportClosed(_ end: HTTP2TransportEnd) {
    for stream in connection.openStreams.sorted(by: { $0.id < $1.id }) {
      exchange(stream)?.downstreamClosed(code: .cancel)
      stream.context = nil
    }
    proxy?.downstreamEnded(self)
  }

  private func exchange(_ stream: HTTP2Stream) -> Exchange? {
    guard let context = stream.context else { return nil }
    return unsafeDowncast(context, to: Exchange.self)
  }
}
