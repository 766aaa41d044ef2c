/// Rows and facets that cannot pass, each with its reason: `known-differences.txt`.
///
/// A line is `file | row or facet | reason | evidence`, the file with its folder; lines that begin
/// with `#` are comments. They count as failed and are printed; tests tolerate them.
package struct KnownDifferences: Sendable {
  package struct Entry: Equatable, Sendable {
    package var file: String
    /// The row or facet; a recorded exchange has none but `*`.
    package var row: String
    package var reason: String
    /// What shows that the oracle is wrong or the difference its noise.
    package var evidence: String
  }

  package let entries: [Entry]
  /// Lines that are neither a comment nor an entry.
  package let malformed: [String]

  package init(text: String = "") {
    var entries: [Entry] = []
    var malformed: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "|", maxSplits: 3).map(Self.trimmed)
      if parts.count == 4, parts.allSatisfy({ !$0.isEmpty }) {
        entries.append(
          Entry(file: parts[0], row: parts[1], reason: parts[2], evidence: parts[3]))
      } else {
        malformed.append(String(line))
      }
    }
    self.entries = entries
    self.malformed = malformed
  }

  /// The entry of a row, nil if it may not differ.
  package func entry(file: String, row: String) -> Entry? {
    entries.first { $0.file == file && $0.row == row }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
