import Scenario
import SimulationKernel
import Testing

@Suite struct SimulatedCPUTests {
  private final class Machine {
    let simulation = Simulation(seed: 1)
    let processor: SimulatedCPU
    var log: [String] = []

    init(_ limit: SimulatedCPU.Limit, concurrencyMax: Int? = nil) {
      processor = SimulatedCPU(
        simulation: simulation, limit: limit, concurrencyMax: concurrencyMax)
    }

    @discardableResult
    func submit(_ name: String, microseconds: Int64) -> SimulatedCPU.Work {
      processor.submit(nanoseconds: microseconds * 1000) { [self] in
        log.append("\(name) \(simulation.now.nanoseconds / 1000)")
      }
    }

    func run(milliseconds: Int64) throws { try simulation.run(for: .milliseconds(milliseconds)) }
  }

  @Test func `half a core runs half of each period`() throws {
    let machine = Machine(.milliCores(500))
    machine.submit("a", microseconds: 120_000)
    try machine.run(milliseconds: 75)
    #expect(machine.processor.isThrottled)
    #expect(machine.processor.nanosecondsUsed == 50_000_000)
    try machine.run(milliseconds: 35)
    #expect(machine.processor.nanosecondsUsed == 60_000_000)
    try machine.run(milliseconds: 1000)
    #expect(machine.log == ["a 220000"])
    #expect(machine.processor.nanosecondsUsed == 120_000_000)
    #expect(machine.processor.nanosecondsThrottled == 100_000_000)
  }

  @Test func `late work has two quotas`() throws {
    let machine = Machine(.milliCores(500))
    try machine.run(milliseconds: 80)
    machine.submit("a", microseconds: 50_000)
    try machine.run(milliseconds: 1000)
    #expect(machine.log == ["a 130000"])
    #expect(machine.processor.nanosecondsThrottled == 0)
  }

  @Test func `one core takes work first in, first out`() throws {
    let machine = Machine(.milliCores(1000))
    for name in ["a", "b", "c"] { machine.submit(name, microseconds: 30) }
    #expect(machine.processor.loadCount == 3)
    #expect(machine.log.isEmpty)
    try machine.run(milliseconds: 1)
    #expect(machine.log == ["a 30", "b 60", "c 90"])
  }

  @Test func `two and a half cores run three threads until the quota is gone`() throws {
    let machine = Machine(.milliCores(2500))
    for name in ["a", "b", "c", "d"] { machine.submit(name, microseconds: 90_000) }
    try machine.run(milliseconds: 90)
    #expect(machine.processor.isThrottled)
    #expect(machine.processor.nanosecondsUsed == 249_999_999)
    try machine.run(milliseconds: 1000)
    // 83.333333 ms are done at the first throttling; 6.666667 remain; then d runs alone.
    #expect(machine.log == ["a 106666", "b 106666", "c 106666", "d 196666"])
  }

  @Test func `many threads use up a small quota early`() throws {
    let machine = Machine(.milliCores(1000), concurrencyMax: 4)
    for name in ["a", "b", "c", "d"] { machine.submit(name, microseconds: 40_000) }
    try machine.run(milliseconds: 1000)
    #expect(machine.log == ["a 115000", "b 115000", "c 115000", "d 115000"])
    #expect(machine.processor.nanosecondsThrottled == 75_000_000)
  }

  @Test func `without a limit the node's cores are all there is`() throws {
    let machine = Machine(.withoutLimit(nodeCores: 2))
    for name in ["a", "b", "c"] { machine.submit(name, microseconds: 400_000) }
    try machine.run(milliseconds: 500)
    #expect(machine.processor.nanosecondsUsed == 900_000_000)
    try machine.run(milliseconds: 1000)
    #expect(machine.log == ["a 400000", "b 400000", "c 800000"])
  }

  @Test func `cancelled work frees its thread and is charged for what it ran`() throws {
    let machine = Machine(.milliCores(1000))
    let first = machine.submit("a", microseconds: 10_000)
    let second = machine.submit("b", microseconds: 10_000)
    machine.submit("c", microseconds: 10_000)
    try machine.run(milliseconds: 4)
    machine.processor.cancel(second)
    machine.processor.cancel(first)
    #expect(machine.processor.loadCount == 1)
    try machine.run(milliseconds: 100)
    #expect(machine.log == ["c 14000"])
    #expect(machine.processor.nanosecondsUsed == 14_000_000)
  }

  @Test func `after stop nothing runs and nothing is called`() throws {
    let machine = Machine(.milliCores(500))
    machine.submit("a", microseconds: 10_000)
    machine.submit("b", microseconds: 10_000)
    try machine.run(milliseconds: 5)
    machine.processor.stop()
    machine.submit("c", microseconds: 1)
    try machine.run(milliseconds: 500)
    #expect(machine.log.isEmpty)
    #expect(machine.processor.nanosecondsUsed == 5_000_000)
    #expect(machine.processor.loadCount == 0)
  }

  @Test func `work without cost completes at once, but not before submit returns`() throws {
    let machine = Machine(.milliCores(100))
    machine.submit("a", microseconds: 0)
    #expect(machine.log.isEmpty)
    try machine.run(milliseconds: 0)
    #expect(machine.log == ["a 0"])
  }

  @Test func `work may submit work`() throws {
    let machine = Machine(.milliCores(1000))
    machine.processor.submit(nanoseconds: 1_000_000) { machine.submit("b", microseconds: 500) }
    try machine.run(milliseconds: 10)
    #expect(machine.log == ["b 1500"])
  }
}
