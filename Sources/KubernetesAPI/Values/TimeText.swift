/// Reads times as Go's `time.Parse` does, for the text of its error.
///
/// Source: `time/format.go` of Go. A layout is a list of parts, each fixed or a number.
enum TimeText {
  /// How whole seconds are written; a fraction may follow them though none stands here.
  static let seconds = "2006-01-02T15:04:05Z07:00"
  /// How microseconds are written: six decimals, no more and no less.
  static let microseconds = "2006-01-02T15:04:05.000000Z07:00"

  /// Why a text is no time of that layout, nil if it is one.
  static func fault(of text: String, layout: String) -> String? {
    var rest = Substring(text)
    let start = "parsing time \(text.goQuoted)"
    func cannot(_ part: String) -> String {
      "\(start) as \(layout.goQuoted): cannot parse \(String(rest).goQuoted) as \(part.goQuoted)"
    }
    var numbers: [String: Int] = [:]
    let parts = [
      "2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05",
    ]
    for part in parts {
      if part.utf8.count > 1 {
        guard let number = digits(rest, part.utf8.count) else { return cannot(part) }
        numbers[part] = number
      } else if !rest.hasPrefix(part) {
        return cannot(part)
      }
      rest = rest.dropFirst(part.count)
    }
    if layout == microseconds {
      guard rest.first == ".", digits(rest.dropFirst(), 6) != nil else { return cannot(".000000") }
      rest = rest.dropFirst(7)
    } else if rest.first == ".", digits(rest.dropFirst(), 1) != nil {
      rest = rest.dropFirst().drop { "0123456789".contains($0) }
    }
    if rest.first == "Z" {
      rest = rest.dropFirst()
    } else {
      guard let sign = rest.first, sign == "+" || sign == "-", rest.utf8.count >= 6,
        digits(rest.dropFirst(), 2) != nil, rest.dropFirst(3).first == ":",
        digits(rest.dropFirst(4), 2) != nil
      else { return cannot("Z07:00") }
      rest = rest.dropFirst(6)
    }
    if !rest.isEmpty { return "\(start): extra text: \(String(rest).goQuoted)" }
    return rangeFault(numbers).map { "\(start): \($0) out of range" }
  }

  private static func rangeFault(_ numbers: [String: Int]) -> String? {
    let ranges = [
      ("01", 1...12, "month"), ("15", 0...23, "hour"), ("04", 0...59, "minute"),
      ("05", 0...59, "second"),
    ]
    for (part, range, name) in ranges where !range.contains(numbers[part] ?? 0) { return name }
    let (year, month) = (numbers["2006"] ?? 0, numbers["01"] ?? 1)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(numbers["02"] ?? 0) ? nil : "day"
  }

  private static func digits(_ text: Substring, _ count: Int) -> Int? {
    let part = text.utf8.prefix(count)
    guard part.count == count, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(Substring(part)))
  }
}
