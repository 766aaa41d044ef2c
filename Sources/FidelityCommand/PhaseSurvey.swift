import Fidelity
import JSON

/// Runs stories at ten phases of a second and lists the facets that do not pass at each.
///
/// Timestamps of the API have whole seconds and the recordings do not tell the phase at which they
/// started. What hangs on it is a property of the recording; a facet that fails at most phases is
/// more likely a fault of the fake.
struct PhaseSurvey {
  private let folder: FixtureFolder
  private let seeds: [UInt64]
  private static let phases = Array(stride(from: 0, to: 1000, by: 100))

  init(_ folder: FixtureFolder, seeds: [UInt64]) {
    self.folder = folder
    self.seeds = seeds
  }

  func run() {
    survey("controllers") { try StoryFidelity.differences($0, seed: $1, phase: $2) }
    survey("kubelet") { try KubeletFidelity.differences($0, seed: $1, phase: $2) }
  }

  private func survey(
    _ subfolder: String,
    _ differences: (JSONValue, UInt64, Duration) throws -> [FidelityDifference]
  ) {
    var passed = [Int](repeating: 0, count: Self.phases.count)
    var passedAtSomePhase = 0
    var facets = 0
    let files = folder.files(subfolder)
    for file in files {
      guard let json = try? JSONValue(parsing: folder.text("\(subfolder)/\(file)") ?? "") else {
        continue
      }
      // How many seeds fail at each phase, by facet; `""` stands for any.
      var failures: [String: [Int]] = [:]
      for (index, phase) in Self.phases.enumerated() {
        for seed in seeds {
          let found = (try? differences(json, seed, .milliseconds(phase))) ?? []
          for facet in Set(found.map(\.facet) + (found.isEmpty ? [] : [""])) {
            failures[facet, default: [Int](repeating: 0, count: passed.count)][index] += 1
          }
        }
      }
      let all = failures.removeValue(forKey: "") ?? [Int](repeating: 0, count: passed.count)
      for index in passed.indices where all[index] == 0 { passed[index] += 1 }
      if all.contains(0) { passedAtSomePhase += 1 }
      for (facet, counts) in failures.sorted(by: { $0.key < $1.key }) {
        facets += 1
        print("\(row(counts))  \(subfolder)/\(file) \(facet)")
      }
    }
    print(
      "\(row(passed))  \(subfolder): stories that pass, of \(files.count); "
        + "\(passedAtSomePhase) at some phase; \(facets) facets mind the phase")
  }

  private func row(_ counts: [Int]) -> String {
    counts.map { count in
      let text = count == 0 ? "." : "\(count)"
      return String(repeating: " ", count: max(0, 4 - text.count)) + text
    }.joined()
  }
}
