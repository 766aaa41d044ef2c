/// Inputs with the answer that is right for each: a label and 64 integers a line.
struct LabelledInputs {
  struct Row {
    /// The right answer; nil: nobody knows.
    let label: Int32?
    let values: [Int32]
  }

  let rows: [Row]

  /// Reads a CSV file; blank lines and lines that begin with `#` are skipped.
  ///
  /// - Throws: `ScenarioFileError` that names file and line.
  init(_ bytes: [UInt8], path: String) throws {
    var rows: [Row] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self).trimmed
      if text.isEmpty || text.hasPrefix("#") { continue }
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int32(String($0).trimmed) }
      guard numbers.count == parts.count, numbers.count > 1 else {
        throw ScenarioFileError(
          message: "\(path):\(index + 1): expected a label and the input's integers, separated by"
            + " commas")
      }
      rows.append(Row(label: numbers[0], values: Array(numbers.dropFirst())))
    }
    if rows.isEmpty {
      throw ScenarioFileError(message: "\(path): expected at least one labelled input")
    }
    self.rows = rows
  }
}
