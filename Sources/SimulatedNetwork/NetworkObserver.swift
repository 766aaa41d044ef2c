public import Transport

/// Sees what happens on a network, for captures and traces; must not act on it.
public protocol NetworkObserver: AnyObject {
  /// A packet left its sender; whether it arrives is another matter.
  func packetSent(_ packet: NetworkPacket)

  /// A connection could not be opened.
  func connectFailed(
    from source: SocketAddress, to destination: SocketAddress, _ failure: ConnectFailure)

  /// An end of a stream learned that the stream has ended.
  func streamEnded(at local: SocketAddress, peer: SocketAddress, _ end: ByteStreamEnd)
}

extension NetworkObserver {
  /// Ignores the packet.
  public func packetSent(_ packet: NetworkPacket) {}

  /// Ignores the failure.
  public func connectFailed(
    from source: SocketAddress, to destination: SocketAddress, _ failure: ConnectFailure
  ) {}

  /// Ignores the end.
  public func streamEnded(
    at local: SocketAddress, peer: SocketAddress, _ end: ByteStreamEnd
  ) {}
}

/// What a packet is for.
public enum NetworkPacketKind: Hashable, Sendable {
  /// SYN: a connection is asked for.
  case connect
  /// SYN and ACK: it is granted.
  case accept
  /// ACK: data up to `acknowledged` has arrived, or the handshake is complete.
  case acknowledge
  /// Data of the stream.
  case data
  /// FIN: the sender has closed.
  case finish
  /// RST: the sender has broken the stream, or knows nothing of it.
  case reset
}

/// A packet of a TCP connection, as its sender sends it; data may be larger than a real packet.
public struct NetworkPacket: Sendable {
  /// The connection's number, unique in the network.
  public let connection: UInt64
  /// When it was sent: nanoseconds since the simulation's start.
  public let nanoseconds: Int64
  /// What it is for.
  public let kind: NetworkPacketKind
  /// The sending end.
  public let source: SocketAddress
  /// The receiving end.
  public let destination: SocketAddress
  /// Bytes of the stream that were sent before this packet's.
  public let sequence: UInt64
  /// Bytes of the other direction that have arrived at the sender.
  public let acknowledged: UInt64
  /// Whether the FIN of the other direction has arrived at the sender.
  public let acknowledgesFinish: Bool
  /// The data; empty unless `kind` is `data`.
  public let bytes: [UInt8]
}
