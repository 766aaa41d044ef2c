import SimulationKernel
public import Transport

/// Records connections, not their data, in a simulation's trace.
///
/// Data are left out because the lengths of HTTP/2 frames differ between versions of libnghttp2.
public final class NetworkTrace: NetworkObserver {
  private unowned let network: Network

  /// Makes an observer; `network.observe(_:)` makes it see something.
  public init(network: Network) { self.network = network }

  /// Records that a connection was granted, or broken.
  public func packetSent(_ packet: NetworkPacket) {
    switch packet.kind {
    case .accept: record("network.accept", packet.source, packet.destination)
    case .finish: record("network.finish", packet.source, packet.destination)
    case .reset: record("network.reset", packet.source, packet.destination)
    case .connect, .acknowledge, .data: break
    }
  }

  /// Records why a connection could not be opened.
  public func connectFailed(
    from source: SocketAddress, to destination: SocketAddress, _ failure: ConnectFailure
  ) {
    network.simulation.trace.record(
      "network.connect-failed", "\(name(source)) \(source)",
      [("to", .string("\(name(destination)) \(destination)")), ("why", .string("\(failure)"))])
  }

  /// Records how a stream ended, other than in an orderly way.
  public func streamEnded(at local: SocketAddress, peer: SocketAddress, _ end: ByteStreamEnd) {
    switch end {
    case .closed: break
    case .reset: record("network.stream-reset", local, peer)
    case .timedOut: record("network.stream-timed-out", local, peer)
    }
  }

  private func record(_ kind: String, _ from: SocketAddress, _ to: SocketAddress) {
    network.simulation.trace.record(
      kind, "\(name(from)) \(from)", [("to", .string("\(name(to)) \(to)"))])
  }

  private func name(_ socket: SocketAddress) -> String {
    network.host(at: socket.address)?.name ?? "-"
  }
}
