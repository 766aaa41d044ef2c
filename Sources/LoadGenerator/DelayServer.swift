import GRPC
public import Transport

/// Answers every call of gRPC with its first message, after a known time.
public final class DelayServer {
  private let serviceTime: ServiceTime
  private let eventLoop: any EventLoop
  private let clock: () -> Int64
  private let startNanoseconds: Int64

  /// A server that starts now; `clock` is the event loop's, read without delay.
  public init(
    _ serviceTime: ServiceTime, eventLoop: any EventLoop, clock: @escaping () -> Int64
  ) {
    self.serviceTime = serviceTime
    self.eventLoop = eventLoop
    self.clock = clock
    startNanoseconds = clock()
  }

  /// Serves a connection, for as long as it lasts.
  public func accept(_ stream: any ByteStream) {
    _ = GRPCServerTransport(stream: stream, eventLoop: eventLoop) { [self] call in
      let arrival = clock() - startNanoseconds
      let due = startNanoseconds + serviceTime.answerTime(arrival: arrival)
      var message: [UInt8] = []
      call.onMessage = { if message.isEmpty { message = $0 } }
      eventLoop.schedule(afterNanoseconds: due - clock()) {
        call.sendMessage(message)
        call.finish()
      }
      return true
    }
  }
}
