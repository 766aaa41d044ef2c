import LiveTransport
import LoadGenerator

/// `andruck delay`: a server of known service time, to check load generators with.
struct DelayCommand {
  private var host = "127.0.0.1"
  private var port = 0
  private let serviceTime: ServiceTime

  init(_ arguments: [String]) throws {
    var answer: Int64 = 1_000_000
    var stall: Int64 = 0
    var every: Int64 = 0
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else {
        throw UsageError(message: "\(option) needs a value")
      }
      switch option {
      case "--host": host = value
      case "--port":
        guard let number = Int(value), (0...65_535).contains(number) else {
          throw UsageError(message: "--port: expected 0 to 65535, found \"\(value)\"")
        }
        port = number
      case "--answer-after": answer = try BenchUnits.nanoseconds(value, option)
      case "--stall": stall = try BenchUnits.nanoseconds(value, option)
      case "--every": every = try BenchUnits.nanoseconds(value, option)
      default: throw UsageError(message: "unknown argument \(option) of andruck delay")
      }
    }
    guard stall == 0 || stall < every else {
      throw UsageError(message: "--stall needs a longer --every")
    }
    serviceTime = ServiceTime(
      answerNanoseconds: answer, stallNanoseconds: stall, everyNanoseconds: every)
  }

  func perform() throws -> ExitCode {
    LiveLimits.prepareProcess()
    SocketEventLoop.makeTimersExact()
    let loop = try SocketEventLoop()
    let server = DelayServer(
      serviceTime, eventLoop: loop, clock: { SocketEventLoop.monotonicNanoseconds })
    let listener = try SocketListener(loop: loop, host: host, port: port) { socket in
      if let stream = socket.stream(on: loop) { server.accept(stream) }
    }
    Console.error(
      "andruck: answers after \(LoadTime.text(Double(serviceTime.answerNanoseconds)))"
        + " on \(host):\(listener.port), plaintext HTTP/2")
    loop.run()
    return .success
  }
}
