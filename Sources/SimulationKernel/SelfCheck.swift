internal import CInterpose
import Synchronization

extension Simulation {
  /// Checks once a process that this toolchain and process allow deterministic execution.
  ///
  /// - Throws: `SimulationError` with code `unsupportedToolchain` that says which part does not.
  public static func selfCheck() throws {
    if let failure = selfCheckFailure {
      throw SimulationError(
        code: .unsupportedToolchain,
        message: "deterministic execution does not work with this toolchain: \(failure)")
    }
  }

  private static let selfCheckFailure: String? = {
    if !JobRouter.isInstalled { return "the runtime exports no way to replace its executor" }
    if !andruck_hash_seed_is_pinned() { return "the hash seed could not be pinned" }
    do {
      let probe = Simulation(seed: 1)
      let first = try probe.run(probeBody)
      if let failure = probeFailure(first) { return failure }
      if probe.state.pointee.clock_reads == 0 { return "clocks are not interposed" }
      if probe.state.pointee.random_reads == 0 { return "randomness is not interposed" }
      let second = try Simulation(seed: 1).run(probeBody)
      if first != second { return "two runs with one seed drew \(first) and \(second)" }
      return nil
    } catch {
      return "a task that sleeps did not come back: \(error)"
    }
  }()

  private struct Probe: Sendable, Equatable {
    var slept: Duration
    var yieldedAt: Duration
    var random: UInt64
  }

  @Sendable private static func probeBody() async throws -> Probe {
    let start = ContinuousClock.now
    try await Task.sleep(for: .seconds(3600))
    let slept = start.duration(to: .now)
    await Task.yield()
    var generator = SystemRandomNumberGenerator()
    return Probe(
      slept: slept, yieldedAt: start.duration(to: .now), random: generator.next())
  }

  private static func probeFailure(_ probe: Probe) -> String? {
    if probe.slept != .seconds(3600) { return "an hour's sleep took \(probe.slept)" }
    if probe.yieldedAt != probe.slept { return "Task.yield left the simulation" }
    return nil
  }
}
