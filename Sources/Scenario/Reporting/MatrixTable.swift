/// Writes the results of a matrix's runs as a table.
package enum MatrixTable {
  /// A Markdown table with aligned columns: the parameters, what the scenario's `table` asks for, and
  /// the verdict.
  package static func text(_ results: [RunResult]) -> String {
    guard let first = results.first else { return "" }
    let hasSeeds = Set(results.map(\.seed)).count > 1
    var rows = [
      first.parameters.map(\.name) + (hasSeeds ? ["seed"] : []) + first.columns.map(\.heading)
        + ["verdict"]
    ]
    for result in results {
      rows.append(
        result.parameters.map(\.value) + (hasSeeds ? [String(result.seed)] : [])
          + result.columns.map(\.text) + [result.holds ? "passed" : "FAILED"])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule =
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n") + "\n"
  }
}
