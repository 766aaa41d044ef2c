import Glibc
import Testing

@testable import FakeKubernetes

/// Random sequences of calls, faults and time; the invariants are looked at after every write.
///
/// `make soak` runs 10,000 sequences; `ANDRUCK_SEQUENCES` says how many, `ANDRUCK_SEQUENCE` which
/// one alone.
@Suite struct `A cluster to which things happen at random` {
  private static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }

  private static let seeds: ClosedRange<UInt64> =
    number("ANDRUCK_SEQUENCE").map { $0...$0 } ?? 1...(number("ANDRUCK_SEQUENCES") ?? 40)

  @Test func `keeps its promises and comes to rest`() throws {
    var broken = 0
    for seed in Self.seeds where broken < 5 {
      let sequence = try ClusterSequence(seed: seed)
      let failures = try sequence.run()
      if failures.isEmpty { continue }
      broken += 1
      Issue.record(
        """
        sequence \(seed), again: ANDRUCK_SEQUENCE=\(seed) make soak
          \(failures.joined(separator: "\n  "))
        what was done:
          \(sequence.log.joined(separator: "\n  "))
        what there is:
          \(sequence.invariants.inventory().joined(separator: "\n  "))
        """)
    }
  }
}
