import GRPC
import HTTP2
import Ingress
import LiveTransport

extension LimitFlag {
  /// The limits of a command, in the order of its help text.
  static func all(_ kind: LiveSettings.Kind) -> [LimitFlag] {
    switch kind {
    case .serve: connections + frames + calls + times
    case .ingress: connections + frames + backends + times
    }
  }

  private static var connections: [LimitFlag] {
    [
      .number("--loops", 1...256, \.limits.loops, "event loops, one a processor"),
      .microseconds(
        "--busy-poll", \.limits.busyPollNanoseconds,
        otherwise: LiveLimits.busyPollDefaultNanoseconds,
        "awake for more where loops leave processors over"),
      .bytes(
        "--piece-bytes", 64...1_073_741_824, \.limits.sockets.pieceBytes,
        "taken of a connection before answers go out"),
      .number(
        "--connections", 1...1_000_000, \.limits.sockets.connectionsMax,
        "connections at once; others wait"),
      .number(
        "--backlog", 1...65_535, \.limits.sockets.backlog,
        "connections that wait in the kernel"),
      .number(
        "--streams", 1...1_000_000, \.http2.maxConcurrentStreams,
        "streams at once on a connection"),
    ]
  }

  private static var frames: [LimitFlag] {
    [
      .bytes(
        "--header-bytes", 1_024...16_777_216, \.http2.maxHeaderListBytes,
        "size of a request's headers"),
      .bytes(
        "--frame-bytes", 16_384...16_777_215, \.http2.maxFrameBytes, "size of a frame"),
      .bytes(
        "--stream-window", 65_535...1_073_741_824, \.http2.initialWindowBytes,
        "unread bytes of a stream"),
      .bytes(
        "--connection-window", 65_535...1_073_741_824, \.http2.connectionWindowBytes,
        "unread bytes of a connection"),
      .bytes(
        "--send-buffer", 4_096...1_073_741_824, \.limits.sockets.sendBufferBytes,
        "unsent bytes of a connection"),
      .number(
        "--resets", 1...1_000_000, \.http2.resetBurst,
        "streams a client may reset at once"),
      .number(
        "--resets-per-second", 1...1_000_000, \.http2.resetsPerSecond, "and each second"),
      .number(
        "--control-frames", 1...1_000_000, \.http2.controlFrameBurst,
        "PING, SETTINGS and empty frames at once"),
      .number(
        "--control-frames-per-second", 1...1_000_000, \.http2.controlFramesPerSecond,
        "and each second"),
    ]
  }

  private static var calls: [LimitFlag] {
    [
      .bytes(
        "--message-bytes", 1_024...1_073_741_824, \.server.maxReceiveMessageBytes,
        "size of a message"),
      .number(
        "--ping-strikes", 0...1_000_000, \.server.maxPingStrikes,
        "pings sooner than --ping-interval"),
      .seconds(
        "--ping-interval", \.server.minimumPingIntervalNanoseconds,
        "least time between a client's pings"),
      .seconds(
        "--shutdown-notice", \.server.shutdownNoticeNanoseconds,
        "for clients to see that a stop begins"),
      .seconds(
        "--abandoned-uploads", \.abandonedUploadNanoseconds,
        "age of leftovers removed at the start"),
    ]
  }

  private static var backends: [LimitFlag] {
    [
      .number("--attempts", 1...100, \.ingress.attemptsMax, "backends tried for a request"),
      .bytes(
        "--replay-bytes", 0...1_073_741_824, \.ingress.replayBytesMax,
        "body kept for another attempt"),
      .number(
        "--backend-connections", 1...10_000, \.ingress.connectionsMax,
        "connections to one backend"),
      .number(
        "--backend-streams", 1...1_000_000, \.ingress.upstream.maxConcurrentStreams,
        "requests on one that is opening"),
      .number(
        "--backend-resets", 1...1_000_000, \.ingress.upstreamResetBurst,
        "requests given up at once on one"),
      .number(
        "--backend-resets-per-second", 1...1_000_000, \.ingress.upstreamResetsPerSecond,
        "and each second"),
      .seconds(
        "--connect-timeout", \.ingress.connectTimeoutNanoseconds, "to connect to a backend"),
      .seconds(
        "--backend-pause", orNever: \.ingress.pauseNanoseconds,
        "one that could not be connected to is avoided"),
      .seconds(
        "--backend-timeout", \.ingress.idleTimeoutNanoseconds, "for a backend to move"),
    ]
  }

  private static var times: [LimitFlag] {
    [
      .seconds(
        "--first-byte-timeout", \.limits.sockets.firstByteNanoseconds,
        "to a connection's first byte"),
      .seconds(
        "--preface-timeout", orNever: \.http2.timeouts.prefaceNanoseconds,
        "to the end of its beginning"),
      .seconds(
        "--frame-timeout", orNever: \.http2.timeouts.frameNanoseconds,
        "to the end of a frame once begun"),
      .seconds(
        "--idle-timeout", orNever: \.http2.timeouts.idleNanoseconds,
        "without a stream"),
      .seconds(
        "--keepalive", orNever: \.http2.timeouts.pingNanoseconds,
        "silent before a client is pinged"),
      .seconds(
        "--keepalive-timeout", \.http2.timeouts.pingAnswerNanoseconds,
        "for the answer to that"),
      .seconds(
        "--stall-timeout", orNever: \.http2.timeouts.stallNanoseconds,
        "a client may take nothing"),
      .number(
        "--unacknowledged", 1...86_400, \.limits.sockets.unacknowledgedSecondsMax,
        unit: "SECONDS", "TCP waits for an acknowledgement"),
      .number(
        "--tcp-keepalive", 1...32_767, \.limits.sockets.keepAliveSeconds, unit: "SECONDS",
        "silent before TCP probes"),
      .seconds("--linger", \.limits.sockets.lingerNanoseconds, "for a closed peer to close"),
      .seconds("--grace", \.limits.graceNanoseconds, "SIGTERM waits for running calls"),
    ]
  }
}
