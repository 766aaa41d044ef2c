/// Rows and facets that cannot pass, each with its reason: `known-differences.txt`.
///
/// A line is `file | row or facet | reason, with the evidence`; lines that begin with `#` are
/// comments. They count as failed and are printed; tests tolerate them.
package struct KnownDifferences: Sendable {
  package struct Entry: Equatable, Sendable {
    package var file: String
    package var row: String
    package var reason: String
  }

  package let entries: [Entry]

  package init(text: String = "") {
    entries = text.split(separator: "\n").compactMap { line in
      if line.hasPrefix("#") { return nil }
      let parts = line.split(separator: "|", maxSplits: 2).map(Self.trimmed)
      return parts.count == 3 ? Entry(file: parts[0], row: parts[1], reason: parts[2]) : nil
    }
  }

  /// Why a row may differ, nil if it may not.
  package func reason(file: String, row: String) -> String? {
    entries.first { $0.file == file && $0.row == row }?.reason
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
