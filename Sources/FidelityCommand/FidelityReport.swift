import Fidelity
import JSON

/// Runs the files of a folder and counts.
struct FidelityReport {
  private let folder: FixtureFolder
  private let known: KnownDifferences
  private(set) var hasFailures = false
  private var lines: [String] = []

  init(_ folder: FixtureFolder) {
    self.folder = folder
    known = KnownDifferences(text: folder.text("known-differences.txt") ?? "")
  }

  /// One kind of fixture: what passed, what failed.
  private struct Count {
    var passed = 0
    var failed = 0
  }

  mutating func run() {
    summarize("tables", tables())
    summarize("stories", stories())
    summarize("kubelet", kubelet())
    summarize("exchanges", exchanges())
    for line in lines { print(line) }
  }

  private mutating func summarize(_ name: String, _ count: Count) {
    lines.append("\(name): \(count.passed) passed, \(count.failed) failed")
    if count.failed > 0 { hasFailures = true }
  }

  private func parsed(_ path: String, _ count: inout Count) -> JSONValue? {
    do {
      return try JSONValue(parsing: folder.text(path) ?? "")
    } catch {
      count.failed += 1
      print("\(path): is no JSON: \(error)")
      return nil
    }
  }

  private func tables() -> Count {
    var count = Count()
    // Facts are constants of the product with their source, not rows.
    for file in folder.files("tables") where !file.hasPrefix("facts_") {
      guard let table = parsed("tables/\(file)", &count) else { continue }
      for result in FidelityTable.run(file: file, table) { note(result, file, &count) }
    }
    return count
  }

  private func note(_ result: FidelityTable.RowResult, _ file: String, _ count: inout Count) {
    if result.passed {
      count.passed += 1
      return
    }
    if !result.isDisputed { count.failed += 1 }
    printFailure("tables/\(file)", "row \(result.name)", result.isDisputed)
    print("  expected \(result.expected)\n  seen     \(result.seen)")
    printReason(file, result.name)
  }

  private func stories() -> Count {
    var count = Count()
    for file in folder.files("controllers") {
      guard let story = parsed("controllers/\(file)", &count) else { continue }
      let failures: [StoryFidelity.Failure]
      do {
        failures = try StoryFidelity.failures(story)
      } catch {
        failures = [StoryFidelity.Failure(facet: "", text: "\(error)")]
      }
      if failures.isEmpty { count.passed += 1 } else { count.failed += 1 }
      for failure in failures {
        printFailure("controllers/\(file)", "facet \(failure.facet)", false)
        print("  \(failure.text)")
        printReason(file, failure.facet)
      }
    }
    return count
  }

  private func kubelet() -> Count {
    var count = Count()
    for file in folder.files("kubelet") {
      let failures: [String]
      do {
        failures = try KubeletFidelity.failures(folder.text("kubelet/\(file)") ?? "")
      } catch {
        failures = ["\(error)"]
      }
      if failures.isEmpty { count.passed += 1 } else { count.failed += 1 }
      for failure in failures { print("FAILED kubelet/\(file), \(failure)") }
    }
    return count
  }

  private func exchanges() -> Count {
    var count = Count()
    for file in folder.files("api") {
      guard let json = parsed("api/\(file)", &count) else { continue }
      let failure: String?
      do {
        guard try ExchangeFidelity.isPlayed(json) else { continue }
        failure = try ExchangeFidelity.failure(json)
      } catch {
        failure = "\(error)"
      }
      if let failure {
        count.failed += 1
        print("FAILED api/\(file): \(failure)")
      } else {
        count.passed += 1
      }
    }
    return count
  }

  private func printFailure(_ file: String, _ place: String, _ isDisputed: Bool) {
    print("\(isDisputed ? "disputed" : "FAILED") \(file), \(place)")
  }

  private func printReason(_ file: String, _ row: String) {
    if let reason = known.reason(file: file, row: row) { print("  known: \(reason)") }
  }
}
