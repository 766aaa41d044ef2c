import SimulationKernel

/// What this end sends: the window, segments, and their way to the peer.
extension SimulatedStream {
  /// Sends what waits, as far as the window goes, and FIN after the last of it.
  func sendWaiting() {
    while window > 0, let first = unsent.first {
      let count = min(first.count - unsentHead, window, network.limits.segmentBytesMax)
      if unsentHead == 0 && count == first.count {
        _ = unsent.popFirst()
        unsentBytes -= count
        sendData(first)
        continue
      }
      sendDataPart(first, count)
    }
    if unsentBytes == 0, state == .closing, !finishSent {
      finishSent = true
      observe(.finish)
      send(.finish, bytes: 0)
    }
  }

  func sendData(_ bytes: [UInt8]) {
    observe(.data, bytes)
    window -= bytes.count
    sequence += UInt64(bytes.count)
    if isRecovering ? appendToLast(of: &backlog, bytes) : appendToLast(of: &inFlight, bytes) {
      return
    }
    send(.data(bytes), bytes: bytes.count)
  }

  func sendEstablished() {
    observe(.acknowledge)
    send(.established, bytes: 0)
  }

  func sendReset() {
    observe(.reset)
    send(.reset, bytes: 0)
  }

  /// Notes that the owner has taken bytes, and tells the peer once that is half of the window.
  func consumed(_ count: Int) {
    unreportedBytes += count
    guard unreportedBytes * 2 >= network.limits.receiveBufferBytesMax, !peerHasFinished else {
      return
    }
    observe(.acknowledge)
    send(.window(unreportedBytes), bytes: 0)
    unreportedBytes = 0
  }

  /// The peer has taken bytes.
  func windowGrew(_ count: Int) {
    guard state == .open || state == .closing else { return }
    window += count
    sendWaiting()
    if !isWritable, unsentBytes * 2 <= network.limits.sendBufferBytesMax {
      isWritable = true
      onWritable()
    }
  }

  /// Puts a segment on its way, behind all that were sent before.
  func launch(_ segment: Segment, bytes: Int) {
    let route = route
    let now = simulation.now.nanoseconds
    var arrivesAt = departure(route, bytes: bytes, now: now) + route.latency
    if route.jitter > 0 {
      arrivesAt += Int64(host.jitterStream.integer(below: Int(route.jitter) + 1))
    }
    lastArrival = max(lastArrival, arrivesAt)
    inFlight.append(Segment(payload: segment.payload, sentAt: now, arrivesAt: lastArrival))
    simulation.schedule(at: SimulationTime(nanoseconds: lastArrival), arrival)
  }

  private func send(_ payload: Segment.Payload, bytes: Int) {
    let segment = Segment(payload: payload, sentAt: simulation.now.nanoseconds)
    if isRecovering {
      backlog.append(segment)
    } else {
      launch(segment, bytes: bytes)
    }
  }

  private func sendDataPart(_ first: [UInt8], _ count: Int) {
    let part = Array(first[unsentHead..<unsentHead + count])
    unsentHead += count
    unsentBytes -= count
    if unsentHead == first.count {
      _ = unsent.popFirst()
      unsentHead = 0
    }
    sendData(part)
  }

  /// Adds to the last segment, if that is data of this instant and has room.
  private func appendToLast(
    of segments: inout FirstInFirstOut<Segment>, _ bytes: [UInt8]
  ) -> Bool {
    let limits = network.limits
    let now = simulation.now.nanoseconds
    let route = route
    return segments.changeLast { last in
      guard isRecovering || last.sentAt == now, case .data(var data) = last.payload,
        data.count + bytes.count <= limits.segmentBytesMax
      else { return false }
      last.payload = .finish  // so that `data` is unique and grows in place
      data.append(contentsOf: bytes)
      last.payload = .data(data)
      if !isRecovering, route.bitsPerSecond > 0 {
        let arrivesAt = departure(route, bytes: bytes.count, now: now) + route.latency
        lastArrival = max(lastArrival, arrivesAt)
        last.arrivesAt = lastArrival
      }
      return true
    }
  }

  /// When the last bit of so much data has left the host's interface.
  ///
  /// Worked example: 3000 bytes are 3 packets of at most 1460 bytes with 40 bytes of headers each,
  /// 3120 bytes or 24,960 bits; at 10 Mbit/s they take 2.496 ms.
  private func departure(_ route: Route, bytes: Int, now: Int64) -> Int64 {
    if route.bitsPerSecond == 0 { return now }
    let packet = network.limits.packetBytesMax
    let packets = max(1, (bytes + packet - 1) / packet)
    let bits = Int64(bytes + packets * 40) * 8
    let duration = bits * 1_000_000_000 / route.bitsPerSecond
    host.interfaceBusyUntil = max(host.interfaceBusyUntil, now) + duration
    return host.interfaceBusyUntil
  }
}
