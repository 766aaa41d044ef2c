import Andruck
import AndruckTesting
import Synchronization
import Testing

@Suite struct `The trait seeds` {
  private static let seen = Mutex<[UInt64]>([])

  @Test(
    .seeds(3...5),
    .disabled(if: Seed.current != nil, "ANDRUCK_SEED is set"))
  func `runs a body once for each seed`() throws {
    let seed = try #require(Seed.current)
    let seeds = Self.seen.withLock { seen in
      seen.append(seed)
      return seen
    }
    #expect(seeds == Array(3...seed))
    // What has no seed of its own takes the trait's.
    #expect(try Rehearsal(Worlds.digits()).seed == seed)
    #expect(try Rehearsal(Worlds.digits(), seed: 9).seed == 9)
  }

  @Test(.seeds(7...8), arguments: ["a", "b"])
  func `goes with arguments`(_ argument: String) throws {
    #expect(["a", "b"].contains(argument))
    #expect(Seed.current.map { $0 >= 7 } == true)
  }

  @Test(.seeds(2...2)) func `gives errors a line that runs them again`() throws {
    let cluster = try Rehearsal(Worlds.digits())
    let error = try #require(
      #expect(throws: RehearsalError.self) {
        try cluster.run(until: { _ in false }, within: .seconds(1))
      })
    #expect(
      error.message.hasSuffix(
        "ANDRUCK_SEED=2 swift test --filter 'gives errors a line that runs them again'"))
  }

  @Test func `leaves tests without it alone`() {
    #expect(Seed.current == Seed.environmentForTests)
  }
}

extension Seed {
  /// What the environment says, for a run of the whole suite with a seed.
  fileprivate static var environmentForTests: UInt64? { environment }
}
