package import JSON

/// Tables of upstream's unit tests, run row by row through the functions that the fake uses.
///
/// A table is known by its file's name; `README.md` beside the tables tells their fields.
package enum FidelityTable {
  /// How one row fared.
  package struct RowResult: Sendable {
    package var name: String
    package var passed: Bool
    package var expected: String
    package var seen: String
    /// Whether the row is reported but not judged.
    package var isDisputed: Bool
  }

  /// Gives for a row's input what `want` names; throws where the row does not fit the table.
  typealias Evaluator = @Sendable (TableRow) throws -> JSONValue

  /// The rows of a table file.
  package static func rows(_ table: JSONValue) -> [TableRow] {
    (table["cases"]?.arrayValue ?? []).map(TableRow.init)
  }

  /// Runs all rows of a table; its file is named like `quantity_parse.json`.
  package static func run(file: String, _ table: JSONValue) -> [RowResult] {
    rows(table).map { run(file: file, $0) }
  }

  /// Runs one row.
  package static func run(file: String, _ row: TableRow) -> RowResult {
    var result = RowResult(
      name: row.name, passed: false, expected: row.want.text(), seen: "",
      isDisputed: row.isDisputed)
    guard let evaluate = evaluators[tableName(file)] else {
      result.seen = "no such table is known"
      return result
    }
    do {
      let seen = try evaluate(row)
      result.seen = seen.text()
      result.passed = agrees(row.want, seen)
    } catch {
      result.seen = "\(error)"
    }
    return result
  }

  /// Whether the table of a file is known.
  package static func isKnown(_ file: String) -> Bool { evaluators[tableName(file)] != nil }

  private static func tableName(_ file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
  }

  /// Every name of `want` must be seen alike; 1 and 1.0 are alike.
  private static func agrees(_ want: JSONValue, _ seen: JSONValue) -> Bool {
    switch (want, seen) {
    case (.object(let want), .object(let seen)):
      return want.allSatisfy { key, value in agrees(value, seen[key] ?? .null) }
    case (.array(let want), .array(let seen)):
      return want.count == seen.count && zip(want, seen).allSatisfy { agrees($0, $1) }
    case (.integer, .number), (.number, .integer): return want.doubleValue == seen.doubleValue
    default: return want == seen
    }
  }

  private static let evaluators: [String: Evaluator] = {
    var all: [String: Evaluator] = [:]
    for group in groups { all.merge(group) { _, last in last } }
    return all
  }()

  private static let groups: [[String: Evaluator]] = [
    QuantityRows.evaluators, IntOrStringRows.evaluators, LabelRows.evaluators,
    ValidationRows.evaluators, DeploymentSizeRows.evaluators,
    DeploymentProgressRows.evaluators, DeploymentHistoryRows.evaluators, PodRows.evaluators,
    ProbeRows.evaluators, SchedulerResourceRows.evaluators, SchedulerAffinityRows.evaluators,
    AutoscalerRateRows.evaluators, ReplicaCalculatorRows.evaluators,
    AutoscalerControllerRows.evaluators,
  ]
}

extension FidelityTable {
  /// A row of a file, as a test's argument: printed as `quantity_cmp.json cmp_0_0`.
  package struct Case: Sendable, CustomStringConvertible {
    package let file: String
    package let row: TableRow

    package var description: String { "\(file) \(row.name)" }

    /// The rows of a table file.
    package static func all(file: String, _ table: JSONValue) -> [Case] {
      rows(table).map { Case(file: file, row: $0) }
    }

    /// Runs the row.
    package func run() -> RowResult { FidelityTable.run(file: file, row) }
  }
}
