import Glibc

/// Options of TCP sockets.
enum SocketOptions {
  /// Small messages at once, and a peer that has gone is noticed.
  static func prepareStream(_ descriptor: Int32, _ settings: SocketSettings) {
    let tcp = Int32(IPPROTO_TCP)
    set(descriptor, tcp, TCP_NODELAY, 1)
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
    set(descriptor, tcp, TCP_KEEPIDLE, settings.keepAliveSeconds)
    set(descriptor, tcp, TCP_KEEPINTVL, max(1, settings.keepAliveSeconds / 4))
    set(descriptor, tcp, TCP_KEEPCNT, 4)
    set(descriptor, tcp, TCP_USER_TIMEOUT, settings.unacknowledgedSecondsMax * 1_000)
  }

  /// Closing the descriptor then sends a reset instead of what waits.
  static func breakOnClose(_ descriptor: Int32) {
    var value = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }

  @discardableResult
  static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) -> Bool {
    var value = value
    return setsockopt(
      descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  /// The error that a connection attempt ended with; zero for none.
  static func pendingError(_ descriptor: Int32) -> Int32 {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let result = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return result == 0 ? value : errno
  }

  /// A non-blocking socket of TCP; negative where there is none.
  static func make(family: Int32) -> Int32 {
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return socket(family, kind, Int32(IPPROTO_TCP))
  }

  /// The address of the socket's own end.
  static func localAddress(_ descriptor: Int32) -> SocketAddress? {
    SocketAddress(filledBy: { getsockname(descriptor, $0, $1) })
  }

  /// The address of the socket's peer.
  static func peerAddress(_ descriptor: Int32) -> SocketAddress? {
    SocketAddress(filledBy: { getpeername(descriptor, $0, $1) })
  }
}
