import SimulationKernel
import Transport

/// What this end's segments do when they arrive at the peer, or do not.
extension SimulatedStream {
  /// The next segment under way has arrived, unless the network lost it.
  ///
  /// Loss and partitions are looked at here, at the far end of the way.
  func arrive() {
    if staleArrivals > 0 {
      staleArrivals -= 1
      return
    }
    guard let first = inFlight.first else { return }
    if first.arrivesAt > simulation.now.nanoseconds {
      // Later writes of its instant made it longer.
      simulation.schedule(at: SimulationTime(nanoseconds: first.arrivesAt), arrival)
      return
    }
    guard let segment = inFlight.popFirst(), let peer else { return }
    let route = route
    guard route.isOpen else { return lost(segment, route) }
    if route.loss > 0, let arrived = firstPackets(of: segment, route) {
      return arrivedInPart(segment, arrived, at: peer, route)
    }
    retransmissions = 0
    peer.receive(segment.payload, from: self)
  }

  /// How many bytes arrive before the first packet that is lost; nil if none is lost.
  private func firstPackets(of segment: Segment, _ route: Route) -> Int? {
    guard case .data(let bytes) = segment.payload else {
      return host.lossStream.chance(route.loss) ? 0 : nil
    }
    var offset = 0
    while offset < bytes.count {
      if host.lossStream.chance(route.loss) { return offset }
      offset += network.limits.packetBytesMax
    }
    return nil
  }

  private func arrivedInPart(
    _ segment: Segment, _ count: Int, at peer: SimulatedStream, _ route: Route
  ) {
    guard count > 0, case .data(let bytes) = segment.payload else { return lost(segment, route) }
    retransmissions = 0
    var rest = segment
    rest.payload = .data(Array(bytes[count...]))
    lost(rest, route)
    peer.receive(.data(Array(bytes[..<count])), from: self)
  }

  /// Keeps a lost segment, and all that are behind it, to be sent again.
  private func lost(_ segment: Segment, _ route: Route) {
    guard state == .open || state == .closing else { return }
    if case .reset = segment.payload { return }
    isRecovering = true
    backlog.append(segment)
    while let next = inFlight.popFirst() {
      backlog.append(next)
      staleArrivals += 1
    }
    let limits = network.limits
    let roundTrip = 2 * (route.latency + route.jitter)
    let first = max(limits.retransmissionTimeout.wholeNanoseconds, 2 * roundTrip)
    let timeout = min(
      first << min(Int64(retransmissions), 20),
      limits.retransmissionTimeoutMax.wholeNanoseconds)
    let time = SimulationTime(nanoseconds: segment.sentAt + timeout)
    retryTimer = simulation.schedule(at: time) { [self] in sendAgain() }
  }

  private func sendAgain() {
    guard state == .open || state == .closing else { return }
    if retransmissions >= network.limits.retransmissionsMax { return end(.timedOut) }
    retransmissions += 1
    isRecovering = false
    var segments = backlog
    backlog.removeAll()
    while let segment = segments.popFirst() {
      if case .data(let bytes) = segment.payload {
        launch(segment, bytes: bytes.count)
      } else {
        launch(segment, bytes: 0)
      }
    }
  }

  /// Something of the peer's has arrived at this end.
  private func receive(_ payload: Segment.Payload, from sender: SimulatedStream) {
    if state == .forgotten {
      if case .reset = payload { return }
      sendReset()
      return
    }
    switch payload {
    case .data(let bytes): receive(bytes)
    case .established: established()
    case .window(let count): windowGrew(count)
    case .finish: receiveFinish(from: sender)
    case .reset: end(.reset)
    }
  }

  private func receive(_ bytes: [UInt8]) {
    received += UInt64(bytes.count)
    switch state {
    case .open:
      if isPaused || isDrainScheduled {
        unread.append(bytes)
      } else {
        onBytes(bytes)
        consumed(bytes.count)
      }
    case .closing: consumed(bytes.count)
    case .closed, .forgotten: break
    }
  }

  private func receiveFinish(from sender: SimulatedStream) {
    peerHasFinished = true
    let isOver = state == .closing || (state == .open && !isPaused && !isDrainScheduled)
    if state == .open { observeFinish() }
    sender.finish(.closed)
    if isOver { end(.closed) }
  }

  /// This end closes as well, which changes nothing but what an observer sees.
  private func observeFinish() {
    if finishSent { return }
    finishSent = true
    observe(.finish)
  }

  func scheduleDrain() {
    if isDrainScheduled { return }
    isDrainScheduled = true
    simulation.schedule(afterNanoseconds: 0) { [self] in drain() }
  }

  /// Gives the owner what arrived while it did not read.
  private func drain() {
    isDrainScheduled = false
    while state == .open, !isPaused, let bytes = unread.popFirst() {
      onBytes(bytes)
      consumed(bytes.count)
    }
    if state == .open, !isPaused, peerHasFinished, unread.isEmpty { end(.closed) }
  }

  /// Starts or stops the clock of a keep-alive, as ways have opened or closed.
  func reachabilityChanged() {
    guard state == .open, let peer, let limit = network.limits.keepAliveTimeout else { return }
    let back = network.route(from: peer.host, to: localAddress.address)
    let wasCutOff = isCutOff
    isCutOff = !route.isOpen || !back.isOpen
    if isCutOff && wasCutOff { return }
    keepAliveTimer?.cancel()
    keepAliveTimer = nil
    if isCutOff {
      keepAliveTimer = simulation.schedule(after: limit) { [self] in end(.timedOut) }
    } else if peer.state == .forgotten {
      keepAliveTimer = simulation.schedule(after: network.limits.keepAliveInterval) { [self] in
        end(.reset)
      }
    }
  }
}
