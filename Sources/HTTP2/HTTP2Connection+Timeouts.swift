extension HTTP2Connection {
  /// The earliest time at which `checkTimeouts` may have something to do, or nil.
  public var nextTimeoutNanoseconds: Int64? { watch?.nextNanoseconds }

  /// The connection begins at `nanoseconds`, and not when it was made.
  func beginTimeouts() { watch?.begin(at: nanoseconds) }

  /// Does what `HTTP2Settings.timeouts` make due at `nanoseconds`.
  public func checkTimeouts() {
    while failure == nil, let due = watch?.advance(to: nanoseconds) {
      switch due {
      case .giveUp: abandon()
      case .sendPing: submitPing()
      case .sayGoodbye: submitGoAway()
      case .lookAtStreams: resetStalledStreams()
      }
    }
  }

  /// Resets streams whose answer waits for a window that the peer does not open.
  private func resetStalledStreams() {
    guard let limit = settings.timeouts.stallNanoseconds else { return }
    let stalled = openStreams.filter {
      $0.backlogBytes > 0 && nanoseconds - $0.movedNanoseconds >= limit
    }
    for stream in stalled.sorted(by: { $0.id < $1.id }) { reset(stream, code: .cancel) }
  }
}
