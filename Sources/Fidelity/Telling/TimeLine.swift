/// One time line in columns: what is done across them, what the real thing did, and what ours did.
struct TimeLine {
  /// Something at a time.
  enum Entry {
    /// Something done to the cluster.
    case done(String)
    /// A row of a recording and ours; nil: there is none on that side.
    case row(wanted: Cell?, seen: Cell?, differs: Bool)

    /// What is done comes first; what the recording tells of one tenth of a second comes as ours
    /// came, which is told more exactly.
    fileprivate var order: Double {
      switch self {
      case .done: -1
      case .row(let wanted, let seen, _): seen?.time ?? wanted?.time ?? 0
      }
    }
  }

  /// A time and what was seen then.
  struct Cell: Equatable {
    var time: Double?
    var text: String
  }

  static let width = 110
  private static let timeWidth = 7
  private static let columnWidth = 54
  private static var rightWidth: Int { width - columnWidth - 2 * timeWidth - 5 }

  private var entries: [(time: Double, order: Int, entry: Entry)] = []

  mutating func add(_ time: Double, _ entry: Entry) {
    entries.append((time, entries.count, entry))
  }

  /// The lines in order of time.
  func lines() -> [String] {
    let sorted = entries.sorted {
      ($0.time, $0.entry.order, $0.order) < ($1.time, $1.entry.order, $1.order)
    }
    var lines = [
      Self.columns("  time", "THE REAL ONE", "", "  time", "OURS"),
      String(repeating: "─", count: Self.width),
    ]
    var index = 0
    while index < sorted.count {
      switch sorted[index].entry {
      case .done(let text):
        let room = Self.width - Self.timeWidth - 3
        for (number, part) in Self.wrapped(text, room).enumerated() {
          let time = number == 0 ? Self.text(sorted[index].time) : Self.blank(Self.timeWidth)
          lines.append("\(time) \(number == 0 ? "▶" : " ") \(part)")
        }
        index += 1
      case .row(let wanted, let seen, let differs):
        var count = 1
        while index + count < sorted.count,
          case .row(let next, let other, let nextDiffers) = sorted[index + count].entry,
          next?.text == wanted?.text, other?.text == seen?.text, nextDiffers == differs
        {
          count += 1
        }
        lines += Self.lines(wanted, seen, differs, count)
        index += count
      }
    }
    return lines
  }

  private static func lines(_ wanted: Cell?, _ seen: Cell?, _ differs: Bool, _ count: Int)
    -> [String]
  {
    let times = count > 1 ? " (\(count) times)" : ""
    let left = wanted.map { wrapped($0.text + times, columnWidth) } ?? (differs ? ["–"] : [])
    var right = seen.map { wrapped($0.text + times, rightWidth) } ?? (differs ? ["–"] : [])
    if let wanted, let seen, wanted.text == seen.text { right = ["the same"] }
    let rows = max(1, max(left.count, right.count))
    return (0..<rows).map { row in
      columns(
        row == 0 ? text(wanted?.time) : "", left.indices.contains(row) ? left[row] : "",
        differs ? "✗" : "", row == 0 ? text(seen?.time) : "",
        right.indices.contains(row) ? right[row] : "")
    }
  }

  private static func columns(
    _ leftTime: String, _ left: String, _ mark: String, _ rightTime: String, _ right: String
  ) -> String {
    var line =
      padded(leftTime, timeWidth) + " " + padded(left, columnWidth) + " " + padded(mark, 1) + " "
      + padded(rightTime, timeWidth) + " " + right
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Seconds with two decimals, to the right of their column.
  static func text(_ time: Double?) -> String {
    guard let time else { return "" }
    let hundredths = Int(time * 100 + 0.5)
    let fraction = hundredths % 100
    let text = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    return blank(timeWidth - text.count) + text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + blank(width - text.count)
  }

  private static func blank(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }

  /// Lines of at most so many characters, cut at spaces where there are some.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = "  "
      } else if !line.isEmpty {
        line += " "
      }
      line += word
      while line.count > width {
        lines.append(String(line.prefix(width)))
        line = "  " + line.dropFirst(width)
      }
    }
    lines.append(line)
    return lines
  }
}
