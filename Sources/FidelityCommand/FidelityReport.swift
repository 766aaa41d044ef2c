import FakeKubernetes
import Fidelity
import JSON

/// Runs the files of a folder and counts.
struct FidelityReport {
  private let folder: FixtureFolder
  private let options: FidelityOptions
  private let known: KnownDifferences
  private(set) var hasFailures = false
  /// Entries of known differences that did differ.
  private var differing: Set<String> = []

  init(_ folder: FixtureFolder, _ options: FidelityOptions) {
    self.folder = folder
    self.options = options
    known = KnownDifferences(text: folder.text("known-differences.txt") ?? "")
  }

  /// One kind of fixture: what passed, what failed.
  private struct Count {
    var name: String
    var passed = 0
    var failed = 0
    /// Facts are only told of where there are some.
    var isShown: Bool { name != "facts" || passed + failed > 0 }
  }

  mutating func run() {
    let counts = [facts(), tables(), stories(), kubelet(), exchanges()].filter(\.isShown)
    noteKnown()
    for count in counts {
      print("\(count.name): \(count.passed) passed, \(count.failed) failed")
      if count.failed > 0 { hasFailures = true }
    }
  }

  private mutating func noteKnown() {
    for line in known.malformed {
      hasFailures = true
      print("known-differences.txt: no entry (file | facet | reason | evidence): \(line)")
    }
    for entry in known.entries where !differing.contains("\(entry.file)|\(entry.row)") {
      print(
        "PASSED though known to differ: \(entry.file), \(entry.row); take it off the list unless other seeds fail"
      )
    }
  }

  private mutating func facts() -> Count {
    var count = Count(name: "facts")
    for file in folder.files("tables") where file.hasPrefix("facts_") {
      let path = "tables/\(file)"
      guard let json = parsed(path, &count) else { continue }
      do {
        for result in try FactFidelity.results(json) {
          if result.passed {
            count.passed += 1
          } else {
            count.failed += 1
            note(path, result.name, "expected \(result.expected)\n  seen     \(result.seen)")
          }
        }
      } catch {
        count.failed += 1
        note(path, "*", "\(error)")
      }
    }
    return count
  }

  private mutating func tables() -> Count {
    var count = Count(name: "tables")
    for file in folder.files("tables") where !file.hasPrefix("facts_") {
      let path = "tables/\(file)"
      guard let table = parsed(path, &count) else { continue }
      for result in FidelityTable.run(file: file, table) {
        if result.passed {
          count.passed += 1
        } else if result.isDisputed {
          print("disputed \(path), row \(result.name)")
        } else {
          count.failed += 1
          note(path, result.name, "expected \(result.expected)\n  seen     \(result.seen)")
        }
      }
    }
    return count
  }

  private mutating func stories() -> Count {
    phased("stories", "controllers", StoryFidelity.phases) {
      try StoryFidelity.outcome($0, seed: $1, phases: $2)
    }
  }

  private mutating func kubelet() -> Count {
    phased("kubelet", "kubelet", KubeletStoryRunner.phases) {
      try KubeletFidelity.outcome($0, seed: $1, phases: $2)
    }
  }

  /// Runs stories, and tells which of them did not pass at the first phase.
  private mutating func phased(
    _ name: String, _ subfolder: String, _ phases: [Duration],
    _ outcome: (JSONValue, UInt64, [Duration]) throws -> PhaseOutcome
  ) -> Count {
    let phases = options.phase.map { [$0] } ?? phases
    var late: [String] = []
    let count = runs(name, subfolder) { json, seed in
      let outcome = try outcome(json, seed, phases)
      if outcome.differences.isEmpty, outcome.phase != phases[0] {
        let name = "\(json["name"]?.stringValue ?? "") (\(outcome.phase))"
        if !late.contains(name) { late.append(name) }
      }
      return outcome.differences.map { difference in
        var difference = difference
        if phases.count > 1 { difference.text += "; started \(outcome.phase) into a second" }
        return difference
      }
    }
    if !late.isEmpty {
      print("\(name) that pass at another phase of a second: " + late.joined(separator: ", "))
    }
    return count
  }

  private mutating func exchanges() -> Count {
    runs("exchanges", "api", where: ExchangeFidelity.isPlayed) {
      try ExchangeFidelity.differences($0, seed: $1)
    }
  }

  /// Runs each file with each seed; a file fails once, however many seeds find fault with it.
  private mutating func runs(
    _ name: String, _ subfolder: String, where isRun: (JSONValue) throws -> Bool = { _ in true },
    _ differences: (JSONValue, UInt64) throws -> [FidelityDifference]
  ) -> Count {
    var count = Count(name: name)
    for file in folder.files(subfolder) {
      let path = "\(subfolder)/\(file)"
      guard let json = parsed(path, &count) else { continue }
      var hasPassed = true
      do {
        guard try isRun(json) else { continue }
        for seed in options.seeds {
          for difference in try differences(json, seed) {
            hasPassed = false
            note(path, difference.facet, difference.text, seed: seed)
          }
        }
      } catch {
        hasPassed = false
        note(path, "", "\(error)")
      }
      if hasPassed { count.passed += 1 } else { count.failed += 1 }
    }
    return count
  }

  private func parsed(_ path: String, _ count: inout Count) -> JSONValue? {
    do {
      return try JSONValue(parsing: folder.text(path) ?? "")
    } catch {
      count.failed += 1
      print("FAILED \(path): is no JSON: \(error)")
      return nil
    }
  }

  private mutating func note(_ path: String, _ place: String, _ text: String, seed: UInt64 = 1) {
    differing.insert("\(path)|\(place)")
    let seedText = options.seeds.count > 1 ? ", seed \(seed)" : ""
    print("FAILED \(path), \(place)\(seedText)\n  \(text)")
    if let entry = known.entry(file: path, row: place) {
      print("  known: \(entry.reason); evidence: \(entry.evidence)")
    }
  }
}
