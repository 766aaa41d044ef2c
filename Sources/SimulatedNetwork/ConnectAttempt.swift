import SimulationKernel
import Transport

/// One handshake: SYN, sent again until it is answered, SYN and ACK, ACK.
final class ConnectAttempt {
  private let host: SimulatedHost
  private let network: Network
  private let wanted: SocketAddress
  private var completion: ((Result<SimulatedStream, ConnectFailure>) -> Void)?
  private var target: SocketAddress
  private var source: SocketAddress
  private var number: UInt64 = 0
  private var attempts = 0
  private var timer: SimulationTimer?

  init(
    from host: SimulatedHost, to wanted: SocketAddress,
    completion: @escaping (Result<SimulatedStream, ConnectFailure>) -> Void
  ) {
    self.host = host
    self.wanted = wanted
    self.completion = completion
    network = host.network
    target = wanted
    source = SocketAddress(address: host.address, port: 0)
  }

  func start() {
    guard host.isUp, let port = host.takePort() else {
      network.simulation.schedule(afterNanoseconds: 0) { [self] in end(.failure(.unreachable)) }
      return
    }
    source = SocketAddress(address: host.address, port: port)
    number = network.takeConnectionNumber()
    switch network.translate(host.address, wanted) {
    case .unchanged: break
    case .redirected(let address): target = address
    case .refused:
      network.simulation.schedule(afterNanoseconds: 0) { [self] in end(.failure(.refused)) }
      return
    }
    sendSynchronize()
  }

  private func sendSynchronize() {
    guard host.isUp else { return end(.failure(.unreachable)) }
    observe(.connect, from: source, to: target)
    let route = network.route(from: host, to: target.address)
    network.simulation.schedule(afterNanoseconds: delay(route, of: host)) { [self] in
      synchronizeArrived(latency: route.latency)
    }
    let timeout = network.limits.connectTimeout.wholeNanoseconds << min(attempts, 16)
    timer = network.simulation.schedule(afterNanoseconds: timeout) { [self] in
      guard completion != nil else { return }
      attempts += 1
      if attempts > network.limits.connectRetransmissionsMax {
        end(.failure(.timedOut))
      } else {
        sendSynchronize()
      }
    }
  }

  private func synchronizeArrived(latency: Int64) {
    guard completion != nil else { return }
    let route = network.route(from: host, to: target.address)
    guard network.isOwned(target.address) else {
      // The last router answers that there is no such host.
      network.simulation.schedule(afterNanoseconds: latency) { [self] in
        end(.failure(.unreachable))
      }
      return
    }
    guard route.isOpen, !isLost(route, from: host), let peer = network.host(at: target.address)
    else { return }
    guard let listener = peer.listener(on: target.port) else {
      observe(.reset, from: target, to: source)
      answer(from: peer) { [self] in end(.failure(.refused)) }
      return
    }
    observe(.accept, from: target, to: source)
    answer(from: peer) { [self] in accepted(by: peer, listener) }
  }

  /// Calls `arrived` when an answer of the peer has made its way back; never if it is lost.
  private func answer(from peer: SimulatedHost, _ arrived: @escaping () -> Void) {
    let back = network.route(from: peer, to: source.address)
    network.simulation.schedule(afterNanoseconds: delay(back, of: peer)) { [self] in
      let route = network.route(from: peer, to: source.address)
      guard completion != nil, route.isOpen, !isLost(route, from: peer) else { return }
      arrived()
    }
  }

  private func accepted(by peer: SimulatedHost, _ listener: SimulatedListener) {
    let client = SimulatedStream(host: host, number, local: source, remote: target)
    let server = SimulatedStream(host: peer, number, local: target, remote: source)
    client.open(to: server, listener: nil)
    server.open(to: client, listener: listener)
    if !peer.isUp { server.vanish() }
    client.sendEstablished()
    end(.success(client))
  }

  private func end(_ result: Result<SimulatedStream, ConnectFailure>) {
    guard let completion else { return }
    self.completion = nil
    timer?.cancel()
    timer = nil
    if case .failure(let failure) = result {
      if source.port != 0 { host.releasePort(source.port) }
      for observer in network.observers {
        observer.connectFailed(from: source, to: target, failure)
      }
    }
    completion(result)
  }

  private func delay(_ route: Route, of sender: SimulatedHost) -> Int64 {
    if route.jitter == 0 { return route.latency }
    return route.latency + Int64(sender.jitterStream.integer(below: Int(route.jitter) + 1))
  }

  private func isLost(_ route: Route, from sender: SimulatedHost) -> Bool {
    route.loss > 0 && sender.lossStream.chance(route.loss)
  }

  private func observe(
    _ kind: NetworkPacketKind, from sender: SocketAddress, to receiver: SocketAddress
  ) {
    network.observe(
      NetworkPacket(
        connection: number, nanoseconds: network.simulation.now.nanoseconds, kind: kind,
        source: sender, destination: receiver, sequence: 0, acknowledged: 0,
        acknowledgesFinish: false, bytes: []))
  }
}
