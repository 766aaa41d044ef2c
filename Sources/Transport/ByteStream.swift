/// One end of a reliable, ordered byte stream, such as a TCP connection.
///
/// The owner sets the three callbacks before it returns from the callback that handed it the
/// stream; bytes that arrive earlier are kept. A callback is never called from within a call to
/// the same end.
public protocol ByteStream: AnyObject {
  /// Called with bytes as they arrive, in order, never empty.
  var onBytes: ([UInt8]) -> Void { get set }

  /// Called once, when the peer has closed, or the stream broke; nothing is called after it.
  var onClosed: (ByteStreamEnd) -> Void { get set }

  /// Called when `isWritable` becomes true again.
  var onWritable: () -> Void { get set }

  /// False while more than the stream's send buffer waits; writes are still taken.
  var isWritable: Bool { get }

  /// Sends bytes; without effect after the stream's end.
  func write(_ bytes: [UInt8])

  /// Sends a copy of bytes; without effect after the stream's end.
  func write(_ bytes: UnsafeRawBufferPointer)

  /// Stops `onBytes` until `resumeReading`; the peer is stopped once the receive buffer is full.
  func pauseReading()

  /// Takes up reading again after `pauseReading`.
  func resumeReading()

  /// Sends what was written, then ends the stream; `onClosed` is not called for it.
  func close()

  /// Breaks the stream at once; unsent bytes are lost; `onClosed` is not called for it.
  func reset()
}

extension ByteStream {
  /// Sends an array of the bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) { write(Array(bytes)) }
}

/// How a byte stream ended, as seen from one end.
public enum ByteStreamEnd: Hashable, Sendable {
  /// The peer closed in an orderly way.
  case closed
  /// The peer, or the network, broke the connection.
  case reset
  /// Nothing was acknowledged for longer than the transport waits.
  case timedOut
}

/// Opens byte streams to a named host.
public protocol Connector: AnyObject {
  /// Connects, and calls `completion` once with the stream or the reason why there is none.
  func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  )
}

/// Why a connection could not be opened.
public enum ConnectFailure: Error, Hashable, Sendable {
  /// The name is not known.
  case unknownHost
  /// The host answered that nothing listens there.
  case refused
  /// No answer came in time.
  case timedOut
  /// The network has no way to the host.
  case unreachable
  /// The connection was opened, but cannot be made a secure one; says why.
  case insecure(String)
}
