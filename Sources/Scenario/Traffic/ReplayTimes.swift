/// The times of a replay: seconds since the source's start, one a line.
enum ReplayTimes {
  /// Reads a CSV file of which the first column counts; blank lines, lines that begin with `#` and
  /// a heading are skipped.
  ///
  /// - Returns: Nanoseconds, in order.
  /// - Throws: `ScenarioFileError` that names file and line.
  static func read(_ bytes: [UInt8], path: String) throws -> [Int64] {
    var times: [Int64] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var hasHeading = false
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self).trimmed
      if text.isEmpty || text.hasPrefix("#") { continue }
      let first = String(text.split(separator: ",", omittingEmptySubsequences: false)[0]).trimmed
      if let seconds = Units.number(first), seconds < 1e9 {
        times.append(Int64((seconds * 1e9).rounded()))
      } else if times.isEmpty, !hasHeading {
        hasHeading = true
      } else {
        throw ScenarioFileError(
          message: "\(path):\(index + 1): expected the seconds of a request, found \"\(first)\"")
      }
    }
    if times.isEmpty { throw ScenarioFileError(message: "\(path): expected at least one time") }
    return times.sorted()
  }
}
