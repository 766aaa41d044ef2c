/// Finds what a misspelt word may have meant.
enum Spelling {
  /// The known word that is nearest to a misspelt one, if any is near.
  static func nearest(_ word: String, _ known: [String]) -> String? {
    let ranked = known.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 3) else {
      return nil
    }
    return best.0
  }

  /// `; did you mean "WORD"?`, or nothing.
  static func hint(_ word: String, _ known: [String]) -> String {
    // Nobody means a word by one that is a page long.
    if word.utf8.count > 64 { return "" }
    return nearest(word, known).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Levenshtein's distance.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[right.count]
  }
}
