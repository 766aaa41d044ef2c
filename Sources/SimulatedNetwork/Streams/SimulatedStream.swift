import SimulationKernel
public import Transport

/// One end of a simulated TCP connection.
///
/// What the owner writes goes to the peer in segments, one event each; writes of one instant share
/// a segment. While `window` is used up, what is written waits; `isWritable` tells when that is
/// more than `NetworkLimits.sendBufferBytesMax`. Unlike Linux, an end that was closed takes what
/// still arrives and throws it away, instead of resetting the stream.
public final class SimulatedStream: ByteStream {
  enum State {
    /// The owner may write and is called back.
    case open
    /// The owner has closed; what it wrote and then FIN are on their way.
    case closing
    /// Over in an orderly way; what still arrives is ignored.
    case closed
    /// Over, and the host remembers nothing of it; what still arrives is answered with RST.
    case forgotten
  }

  /// Called with bytes as they arrive, in order, never empty.
  @exclusivity(unchecked) public var onBytes: ([UInt8]) -> Void = { _ in }
  /// Called once, when the peer has closed, or the stream broke; nothing is called after it.
  public var onClosed: (ByteStreamEnd) -> Void = { _ in }
  /// Called when `isWritable` becomes true again: when half of the send buffer is free.
  public var onWritable: () -> Void = {}

  /// This end's address and port.
  public let localAddress: SocketAddress
  /// The other end's, after translation of a service's address.
  public let remoteAddress: SocketAddress
  /// The connection's number, the same at both ends.
  public let connection: UInt64
  /// False while more than the send buffer waits; writes are still taken.
  @exclusivity(unchecked) public internal(set) var isWritable = true

  let host: SimulatedHost
  let network: Network
  let simulation: Simulation
  @exclusivity(unchecked) private(set) var state = State.open
  @exclusivity(unchecked) private(set) var peer: SimulatedStream?
  private var listener: SimulatedListener?
  private var registration: UInt64 = 0

  // Sending.
  /// Written, but not yet within the window.
  @exclusivity(unchecked) var unsent = FirstInFirstOut<[UInt8]>()
  @exclusivity(unchecked) var unsentHead = 0
  @exclusivity(unchecked) var unsentBytes = 0
  @exclusivity(unchecked) var window: Int
  @exclusivity(unchecked) var finishSent = false
  @exclusivity(unchecked) var inFlight = FirstInFirstOut<Segment>()
  @exclusivity(unchecked) var lastArrival: Int64 = 0
  @exclusivity(unchecked) var sequence: UInt64 = 0
  /// Does `arrive`; made once, so that a segment costs no closure.
  @exclusivity(unchecked) var arrival: () -> Void = {}

  // Sending again.
  @exclusivity(unchecked) var backlog = FirstInFirstOut<Segment>()
  @exclusivity(unchecked) var isRecovering = false
  @exclusivity(unchecked) var retransmissions = 0
  var retryTimer: SimulationTimer?
  @exclusivity(unchecked) var staleArrivals = 0
  var keepAliveTimer: SimulationTimer?
  var isCutOff = false
  @exclusivity(unchecked) private var cachedRoute: Route?
  @exclusivity(unchecked) private var routeGeneration = -1

  // Receiving.
  @exclusivity(unchecked) var unread = FirstInFirstOut<[UInt8]>()
  @exclusivity(unchecked) var isPaused = false
  @exclusivity(unchecked) var isDrainScheduled = false
  @exclusivity(unchecked) var unreportedBytes = 0
  @exclusivity(unchecked) var received: UInt64 = 0
  @exclusivity(unchecked) var peerHasFinished = false

  init(
    host: SimulatedHost, _ connection: UInt64, local: SocketAddress, remote: SocketAddress
  ) {
    self.host = host
    network = host.network
    simulation = host.network.simulation
    localAddress = local
    remoteAddress = remote
    self.connection = connection
    window = host.network.limits.receiveBufferBytesMax
  }

  /// Makes the end part of its host, as one of a pair.
  func open(to peer: SimulatedStream, listener: SimulatedListener?) {
    self.peer = peer
    self.listener = listener
    arrival = { [self] in arrive() }
    registration = host.add(self)
  }

  /// Sends bytes; without effect after the stream's end.
  public func write(_ bytes: [UInt8]) {
    guard state == .open, !peerHasFinished, !bytes.isEmpty else { return }
    if unsentBytes == 0, bytes.count <= window, bytes.count <= network.limits.segmentBytesMax {
      sendData(bytes)
      return
    }
    unsent.append(bytes)
    unsentBytes += bytes.count
    sendWaiting()
    if unsentBytes > network.limits.sendBufferBytesMax { isWritable = false }
  }

  /// Stops `onBytes` until `resumeReading`; the peer is stopped once the receive buffer is full.
  public func pauseReading() { isPaused = true }

  /// Takes up reading again after `pauseReading`.
  public func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    if state == .open, !unread.isEmpty || peerHasFinished { scheduleDrain() }
  }

  /// Sends what was written, then ends the stream; `onClosed` is not called for it.
  public func close() {
    guard state == .open else { return }
    state = .closing
    dropCallbacks()
    // Nobody will read what is unread: let the peer get on.
    while let bytes = unread.popFirst() { consumed(bytes.count) }
    if peerHasFinished {
      finish(.closed)
    } else {
      sendWaiting()
    }
  }

  /// Breaks the stream at once; unsent bytes are lost; `onClosed` is not called for it.
  public func reset() {
    guard state == .open || state == .closing else { return }
    finish(.forgotten)
    sendReset()
  }

  /// Ends the stream as the host falls silent: nobody is told.
  func vanish() {
    if state == .open || state == .closing { finish(.forgotten) }
  }

  /// Tells the owner that the stream has ended.
  func end(_ how: ByteStreamEnd) {
    switch state {
    case .open:
      let callback = onClosed
      finish(how == .closed ? .closed : .forgotten)
      for observer in network.observers {
        observer.streamEnded(at: localAddress, peer: remoteAddress, how)
      }
      callback(how)
    case .closing: finish(how == .closed ? .closed : .forgotten)
    case .closed, .forgotten: break
    }
  }

  func finish(_ final: State) {
    state = final
    host.forget(registration, port: localAddress.port)
    dropCallbacks()
    listener = nil
    retryTimer?.cancel()
    keepAliveTimer?.cancel()
    retryTimer = nil
    keepAliveTimer = nil
    isRecovering = false
    unsent.removeAll()
    unread.removeAll()
    backlog.removeAll()
    unsentBytes = 0
    isWritable = true
    guard let peer, peer.state == .closed || peer.state == .forgotten else { return }
    // Both ends are over: let go of each other and of the closures that hold them.
    peer.letGo()
    letGo()
  }

  /// The handshake's last packet has arrived at this, the server's end.
  func established() {
    guard let listener, state == .open else { return }
    self.listener = nil
    if host.listener(on: listener.port) === listener {
      listener.accept(self)
    } else {
      reset()
    }
  }

  /// The way to the peer's address now.
  var route: Route {
    if let cachedRoute, routeGeneration == network.generation { return cachedRoute }
    let route = network.route(from: host, to: remoteAddress.address)
    cachedRoute = route
    routeGeneration = network.generation
    return route
  }

  func observe(_ kind: NetworkPacketKind, _ bytes: [UInt8] = []) {
    network.observe(
      NetworkPacket(
        connection: connection, nanoseconds: simulation.now.nanoseconds, kind: kind,
        source: localAddress, destination: remoteAddress, sequence: sequence,
        acknowledged: received, acknowledgesFinish: peerHasFinished, bytes: bytes))
  }

  /// Lets go of everything, as the network is torn down; its owner is told, to let go of it.
  func tearDown() {
    let callback = onClosed
    state = .closed
    dropCallbacks()
    // An end that was over before this one is in no host's table any more.
    peer?.letGo()
    letGo()
    callback(.reset)
  }

  private func dropCallbacks() {
    onBytes = { _ in }
    onClosed = { _ in }
    onWritable = {}
  }

  private func letGo() {
    peer = nil
    arrival = {}
  }
}
