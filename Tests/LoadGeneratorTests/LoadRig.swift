import DruckerClient
import DruckerProtocol
import LoadGenerator
import TestSupport
import Transport

/// A load on a server of known service time, both in virtual time.
final class LoadRig {
  let loop = ManualEventLoop()
  let network: MemoryNetwork
  let server: DelayServer
  let target: LoadTarget
  let plan: LoadPlan

  init(_ plan: LoadPlan, _ serviceTime: ServiceTime) {
    let loop = self.loop
    self.plan = plan
    network = MemoryNetwork(eventLoop: loop)
    let server = DelayServer(serviceTime, eventLoop: loop, clock: { loop.nanoseconds })
    self.server = server
    network.listeners["10.0.0.1:5000"] = { server.accept($0) }
    let method = DruckerMethod(.predict(input: .arrInt, output: .arrInt), package: .drucker)
    target = LoadTarget(
      LoadAddress(host: "10.0.0.1", port: 5000), plan: plan,
      requests: [LoadRequest(method, inputs: [.arrInt([1, 2, 3])])], eventLoop: loop,
      connector: network, clock: { loop.nanoseconds })
  }

  /// Runs the plan in virtual time, in steps as fine as the load.
  func run(forSeconds seconds: Int64, stepNanoseconds: Int64 = 1_000_000) -> LoadResult? {
    var result: LoadResult?
    target.open { [self] in
      target.measure(
        warmUpNanoseconds: plan.warmUpNanoseconds, until: plan.end, seed: plan.seed
      ) { result = $0 }
    }
    loop.run()
    let end = loop.nanoseconds + seconds * 1_000_000_000
    while result == nil, loop.nanoseconds < end { loop.advance(byNanoseconds: stepNanoseconds) }
    return result
  }
}

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000
