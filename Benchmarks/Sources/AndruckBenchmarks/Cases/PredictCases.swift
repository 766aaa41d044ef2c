import AssignmentStore
import CBenchmarks
import DigitsPredictor
import DruckerClient
import DruckerProtocol
import DruckerServing
import Ingress
import ModelStorage
import Protobuf
import SimulatedNetwork
import SimulationKernel
import Transport

/// Predictions with full bytes, and what libnghttp2 alone takes for the same frames.
enum PredictCases {
  static var all: [Benchmark] {
    [
      Benchmark(name: "two bare hops", unit: "request") { bareHops() },
      Benchmark(name: "predict in a simulation", unit: "prediction") { try simulated() },
      Benchmark(name: "predict in memory", unit: "prediction") { try inMemory() },
    ]
  }

  /// A client, a proxy and a server in C that do no more than libnghttp2 makes them.
  private static func bareHops() -> Benchmark.Work {
    let hops = bench_hops_create()
    return Benchmark.Work { count in
      try ProtocolCases.require(bench_hops_run(hops, UInt64(count)) == UInt64(count))
    }
  }

  /// Client, ingress and model server on hosts of a simulated network, one call after the other.
  private static func simulated(
    observer: (any NetworkObserver)? = nil
  ) throws -> Benchmark.Work {
    let simulation = Simulation(seed: 1)
    let network = Network(simulation: simulation)
    if let observer { network.observe(observer) }
    let loop = KernelLoop(simulation)
    let hosts = ["client", "ingress", "server"].map { network.addHost($0, in: .pods) }
    for host in hosts { network.names.register(host.name, [host.address]) }
    let server = try modelServer(loop)
    let proxy = IngressProxy(eventLoop: loop, connector: hosts[1])
    proxy.update(routes: [
      IngressRoute(
        host: "digits-v2-production.example.com",
        backends: [IngressBackend(host: "server", port: 5000)])
    ])
    let listeners = [
      hosts[1].listen(port: 80) { proxy.accept($0) },
      hosts[2].listen(port: 5000) { server.accept($0) },
    ]
    let client = DruckerClient(
      target: .service(
        application: "digits", level: "production", domain: "example.com",
        ingress: DruckerAddress(host: "ingress", port: 80), form: .v04),
      eventLoop: loop, connector: hosts[0], random: { 0.5 })
    try simulation.run(for: .seconds(10))
    var work = Benchmark.Work { count in
      let calls = Calls(client, count: count, requestID: true)
      calls.begin()
      let end = simulation.now + .seconds(3_600)
      try simulation.run(until: end) { calls.left == 0 }
      try ProtocolCases.require(calls.right == count)
    }
    work.held = [network, proxy, server] + listeners.compactMap(\.self)
    return work
  }

  /// Bytes on the wire that a request takes in a simulation, and between the bare hops: near to each
  /// other, or the two are not to be compared.
  static func wireBytes() throws -> (simulated: Double, bare: Double) {
    let count = 1_000
    let counter = ByteCounter()
    let work = try simulated(observer: counter)
    // The first request fills the tables of the header compression.
    try work.perform(1)
    let before = counter.bytes
    try withExtendedLifetime(work) { try work.perform(count) }
    let hops = bench_hops_create()
    _ = bench_hops_run(hops, 1)
    let bareBefore = bench_hops_bytes(hops)
    _ = bench_hops_run(hops, UInt64(count))
    return (
      Double(counter.bytes - before) / Double(count),
      Double(bench_hops_bytes(hops) - bareBefore) / Double(count)
    )
  }

  /// Client and model server of which each hands its bytes to the other.
  private static func inMemory() throws -> Benchmark.Work {
    let loop = MemoryLoop()
    let server = try modelServer(loop)
    let connector = MemoryConnector(loop) { server.accept($0) }
    let client = DruckerClient(
      target: .host("server", port: 5000), eventLoop: loop, connector: connector,
      random: { 0.5 })
    loop.run()
    return Benchmark.Work { count in
      let calls = Calls(client, count: count)
      calls.begin()
      loop.run()
      try ProtocolCases.require(calls.right == count)
    }
  }

  /// A model server of digits that has booted, with a service log that goes nowhere.
  private static func modelServer(_ loop: any EventLoop) throws -> ModelServer {
    let models = InMemoryModelMount()
    let bytes = try RepositoryFiles.required("Fixtures/models/digits-v1.model")
    let path = try ModelPath(application: "digits", file: "digits-v1.model")
    try models.write(path, bytes).result.get()
    var configuration = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-production-1", serviceLevel: .production)
    configuration.modelFile = "digits-v1.model"
    let log = ServingLog(
      configuration: configuration, host: "server", wallClock: { 0 }, system: { _ in })
    let surroundings = ServingSurroundings(
      loop: loop, assignments: try SQLiteAssignmentStore(), models: models,
      evaluations: InMemoryModelMount(), log: log)
    let server = ModelServer(
      configuration: configuration, predictor: PredictorFactory(DigitsPredictor.self),
      surroundings: surroundings)
    var outcome: ModelServer.BootOutcome?
    server.boot { outcome = $0 }
    if let loop = loop as? MemoryLoop { loop.run() }
    if let loop = loop as? KernelLoop { try loop.simulation.run(for: .seconds(10)) }
    guard server.modelFile != nil else { throw BenchmarkError("no boot: \(outcome as Any)") }
    return server
  }
}

/// Predictions of which each begins when the one before was answered.
final class Calls {
  private let client: DruckerClient
  private let isNumbered: Bool
  private let message = ProtocolCases.input.protobufBytes()
  private(set) var left: Int
  private(set) var right = 0
  var onDone: () -> Void = {}

  init(_ client: DruckerClient, count: Int, requestID: Bool = false) {
    self.client = client
    isNumbered = requestID
    left = count
  }

  func begin() {
    var options = DruckerCallOptions()
    if isNumbered { options.metadata.append("x-request-id", "users-\(1_000_000 + left)") }
    client.start(
      .predict(input: .arrInt, output: .arrInt), messages: [message], options: options
    ) { [self] reply in
      left -= 1
      if case .success(let messages) = reply.result, messages.count == 1,
        let output = try? Drucker.ArrIntOutput(protobuf: messages[0]), output.output.count == 1
      {
        right += 1
      }
      if left > 0 { begin() } else { onDone() }
    }
  }
}

/// Counts what streams of a network carry.
private final class ByteCounter: NetworkObserver {
  var bytes = 0

  func packetSent(_ packet: NetworkPacket) { bytes += packet.bytes.count }
}

/// The simulation as an event loop.
private final class KernelLoop: EventLoop {
  private final class Timer: ScheduledTimer {
    private let timer: SimulationTimer

    init(_ timer: SimulationTimer) { self.timer = timer }

    func cancel() { timer.cancel() }
  }

  let simulation: Simulation

  init(_ simulation: Simulation) { self.simulation = simulation }

  var nanoseconds: Int64 { simulation.now.nanoseconds }

  func soon(_ action: @escaping () -> Void) {
    simulation.schedule(afterNanoseconds: 0, action)
  }

  @discardableResult
  func schedule(
    afterNanoseconds delay: Int64, _ action: @escaping () -> Void
  ) -> any ScheduledTimer {
    Timer(simulation.schedule(afterNanoseconds: delay, action))
  }
}
