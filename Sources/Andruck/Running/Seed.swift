#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The seed of what runs in a test.
public enum Seed {
  /// The seed with which this test's body runs now, and the test's name for a rerun line.
  @TaskLocal package static var trait: (seed: UInt64, test: String)?

  /// The seed that runs take for which none is given: that of the trait `.seeds`, else
  /// `ANDRUCK_SEED` of the environment, else none, and a run takes its scenario's.
  public static var current: UInt64? { trait?.seed ?? environment }

  /// `ANDRUCK_SEED`, by which the rerun line of a failure asks for one seed.
  package static var environment: UInt64? { variable("ANDRUCK_SEED").flatMap { UInt64($0) } }

  /// `ANDRUCK_SEEDS`, such as `1-200`, which widens what `.seeds` says.
  package static var environmentRange: ClosedRange<UInt64>? {
    let ends = variable("ANDRUCK_SEEDS")?.split(separator: "-").compactMap { UInt64($0) } ?? []
    guard ends.count == 2, ends[0] <= ends[1] else { return nil }
    return ends[0]...ends[1]
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The line that runs a test again with a seed.
  ///
  /// - Parameters:
  ///   - isGiven: Whether the test itself says the seed, so that none need be asked for.
  ///   - fileID: Where in the tests the run was made, for the module's name.
  static func rerun(_ seed: UInt64, isGiven: Bool, fileID: String) -> String {
    let module = fileID.split(separator: "/").first.map(String.init) ?? fileID
    let filter = trait?.test ?? module
    let asked = isGiven && seed != trait?.seed ? "" : "ANDRUCK_SEED=\(seed) "
    return "\(asked)swift test --filter '\(filter)'"
  }
}
