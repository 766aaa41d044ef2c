import Andruck
public import Testing

/// Runs a test's body once for each seed of a range; `Seed.current` is the seed meanwhile, and what
/// runs without a seed of its own takes it.
///
/// ```swift
/// @Test(.seeds(1...20)) func `a switch under load fails no request`() throws {
///   let result = try Scenario(file: "Scenarios/model-switch.yaml").run()
///   #expect(result.holds, "\(result)")
/// }
/// ```
/// `ANDRUCK_SEED=7` runs the body with that seed alone, `ANDRUCK_SEEDS=1-200` with those. Every
/// issue of the body is followed by one that names the seed and the line that runs it again.
public struct SeedTrait: TestTrait, SuiteTrait, TestScoping {
  let seeds: ClosedRange<UInt64>

  /// The tests of a suite have it, too.
  public var isRecursive: Bool { true }

  /// The seeds that are run: those of the environment, else those of the trait.
  var chosen: ClosedRange<UInt64> {
    Seed.environment.map { $0...$0 } ?? Seed.environmentRange ?? seeds
  }

  /// Runs the body of a test once for each seed.
  public func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    let name = Self.filter(test)
    for seed in chosen {
      try await Seed.$trait.withValue((seed, name)) {
        try await Self.perform(seed, name, for: test, testCase: testCase, function)
      }
    }
  }

  /// Runs the body with a seed; what is wrong with it says the seed and the line that runs it again.
  private static func perform(
    _ seed: UInt64, _ name: String, for test: Test, testCase: Test.Case?,
    _ function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let again = "seed \(seed); again: ANDRUCK_SEED=\(seed) swift test --filter '\(name)'"
    let marking = IssueHandlingTrait.compactMapIssues { issue in
      var issue = issue
      issue.comments.append(Comment(rawValue: again))
      return issue
    }
    try await marking.provideScope(for: test, testCase: testCase) {
      // An error would end the loop over the seeds, and be told without its seed.
      do { try await function() } catch {
        // A failed `#require` has been told.
        if !(error is ExpectationFailedError) { Issue.record(error) }
      }
    }
  }

  /// The test's name as `--filter` finds it: what stands in no regular expression for itself is
  /// left open.
  static func filter(_ test: Test) -> String {
    let name = test.name.prefix { $0 != "(" }.filter { $0 != "`" }
    return String(name.map { $0.isLetter || $0.isNumber || " _-,".contains($0) ? $0 : "." })
  }
}

extension Trait where Self == SeedTrait {
  /// Runs the test's body once for each seed.
  ///
  /// - Precondition: No seed is negative.
  public static func seeds(_ seeds: ClosedRange<Int>) -> SeedTrait {
    precondition(seeds.lowerBound >= 0, "seeds \(seeds): expected none below 0")
    return SeedTrait(seeds: UInt64(seeds.lowerBound)...UInt64(seeds.upperBound))
  }
}
