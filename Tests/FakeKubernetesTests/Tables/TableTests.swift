import Fidelity
import JSON
import TestSupport
import Testing

/// Upstream's tables, run through the functions that API server, controllers, scheduler and kubelet
/// use.
struct TableTests {
  private static let folder = "Fixtures/kubernetes/tables"
  private static let subjects = [
    "deployment_", "pods_", "rs_", "hpa_", "kubelet_", "scheduler_", "quantity_", "intstr_",
    "label_", "validation_",
  ]

  static let cases: [FidelityTable.Case] = {
    let files = ((try? Fixture.list(folder)) ?? []).filter { !$0.hasPrefix("facts_") }
    return files.flatMap { file in
      (try? JSONValue(parsing: Fixture.text("\(folder)/\(file)"))).map {
        FidelityTable.Case.all(file: file, $0)
      } ?? []
    }
  }()

  static let known = KnownDifferences(
    text: (try? Fixture.text("Fixtures/kubernetes/known-differences.txt")) ?? "")

  @Test func `there are tables of every subject`() {
    for subject in Self.subjects {
      #expect(Self.cases.contains { $0.file.hasPrefix(subject) }, "\(subject)")
    }
  }

  @Test(arguments: cases)
  func `a row gives what upstream gives`(row: FidelityTable.Case) {
    let result = row.run()
    let known = Self.known.entry(file: "tables/\(row.file)", row: result.name)
    if result.isDisputed { return }
    if known != nil {
      #expect(!result.passed, "\(row) passes: take it off the known differences")
      return
    }
    #expect(result.passed, "\(row): expected \(result.expected), seen \(result.seen)")
  }
}
