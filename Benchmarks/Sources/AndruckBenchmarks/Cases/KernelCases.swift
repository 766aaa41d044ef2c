import SimulatedNetwork
import SimulationKernel
import Transport

/// Events, jobs, trace and network of the simulation.
enum KernelCases {
  static var all: [Benchmark] {
    [
      Benchmark(name: "kernel events", unit: "event", unitsMin: 10_000) {
        Benchmark.Work { try events($0) }
      },
      Benchmark(name: "kernel sleeps", unit: "sleep", unitsMin: 10_000) {
        Benchmark.Work { try sleeps($0) }
      },
      Benchmark(name: "network echoes", unit: "round trip", unitsMin: 10_000) {
        Benchmark.Work { try echoes($0) }
      },
      Benchmark(name: "trace digest", unit: "event", unitsMin: 10_000) {
        Benchmark.Work { trace($0) }
      },
    ]
  }

  /// Of a thousand timers each begins again when it fires, after about a millisecond.
  private static func events(_ count: Int) throws {
    let simulation = Simulation(seed: 1)
    let timers = TimerCrowd(simulation, count: count)
    try simulation.run(until: .distantFuture) { timers.left <= 0 }
    simulation.discardEvents()
  }

  /// A thousand tasks of Swift's own, each of which sleeps about a millisecond again and again.
  private static func sleeps(_ count: Int) throws {
    let simulation = Simulation(seed: 1)
    let each = count / 1_000 + 1
    try simulation.run {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<1_000 {
          group.addTask {
            for turn in 0..<each {
              let microseconds = UInt64(500 + (number * 7 + turn * 13) % 1_000)
              try await Task.sleep(nanoseconds: microseconds * 1_000)
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// 16 connections on which 64 bytes go there and back, without HTTP.
  private static func echoes(_ count: Int) throws {
    let simulation = Simulation(seed: 1)
    let network = Network(simulation: simulation)
    let client = network.addHost("client", in: .outside)
    let server = network.addHost("server", in: .pods)
    let listener = server.listen(port: 7) { stream in
      stream.onBytes = { stream.write($0) }
    }
    var left = count
    let message = [UInt8](repeating: 7, count: 64)
    for _ in 0..<16 {
      client.connect(to: SocketAddress(address: server.address, port: 7)) { result in
        guard case .success(let stream) = result else { return }
        stream.onBytes = { bytes in
          left -= bytes.count / 64
          stream.write(bytes)
        }
        stream.write(message)
      }
    }
    try simulation.run(until: .distantFuture) { left <= 0 }
    guard left <= 0, listener != nil else { throw BenchmarkError("echoes were lost") }
    network.tearDown()
    simulation.discardEvents()
  }

  /// Events like those of a request in a scenario.
  private static func trace(_ count: Int) {
    let simulation = Simulation(seed: 1)
    for number in 0..<count {
      simulation.trace.record(
        "traffic.answered", "digits/production",
        [
          ("request", .string("users-12345")), ("model", .string("digits-v1.model")),
          ("nanoseconds", .integer(Int64(number))), ("right", .bool(true)),
        ])
    }
    simulation.trace.finish()
  }
}

/// A thousand timers that begin again, with delays that are drawn before.
private final class TimerCrowd {
  private let simulation: Simulation
  private let delays: [Int64]
  private(set) var left: Int

  init(_ simulation: Simulation, count: Int) {
    self.simulation = simulation
    left = count
    let random = simulation.randomStream("benchmark")
    delays = (0..<1_024).map { _ in 500_000 + Int64(random.integer(below: 1_000_000)) }
    for _ in 0..<1_000 { begin() }
  }

  private func begin() {
    left -= 1
    simulation.schedule(afterNanoseconds: delays[left & 1_023]) { [self] in begin() }
  }
}
