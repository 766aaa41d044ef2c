/// An exposition of OpenMetrics text 1.0.0, read strictly.
struct StrictOpenMetrics {
  struct Sample {
    var name: String
    var labels: [(name: String, value: String)]
    var value: Double
    var timestamp: Double

    subscript(_ label: String) -> String? { labels.first { $0.name == label }?.value }
  }

  struct Family {
    var name: String
    var type: String
    var unit: String?
    var help: String?
    var samples: [Sample] = []
  }

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var families: [Family] = []
  private var series: Set<String> = []
  private var current = ""

  static func parse(_ text: String) throws -> StrictOpenMetrics {
    guard text.hasSuffix("\n# EOF\n") || text == "# EOF\n" else {
      throw Fault(description: "no end")
    }
    var result = StrictOpenMetrics()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast(2)
    for line in lines {
      do {
        if line.hasPrefix("# ") { try result.metadata(line) } else { try result.sample(line) }
      } catch {
        throw Fault(description: "\(error) in: \(line)")
      }
    }
    return result
  }

  subscript(_ name: String) -> Family? { families.first { $0.name == name } }

  private mutating func metadata(_ line: Substring) throws {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard words.count == 4 else { throw Fault(description: "not enough words") }
    let name = String(words[2])
    if words[1] == "TYPE" {
      guard !families.contains(where: { $0.name == name }) else {
        throw Fault(description: "a family twice")
      }
      families.append(Family(name: name, type: String(words[3])))
      series = []
      current = ""
      return
    }
    guard let last = families.indices.last, families[last].name == name,
      families[last].samples.isEmpty
    else { throw Fault(description: "metadata out of place") }
    switch words[1] {
    case "UNIT" where families[last].unit == nil && name.hasSuffix("_\(words[3])"):
      families[last].unit = String(words[3])
    case "HELP" where families[last].help == nil: families[last].help = String(words[3])
    default: throw Fault(description: "metadata that nobody knows")
    }
  }

  private mutating func sample(_ line: Substring) throws {
    guard let last = families.indices.last, let brace = line.firstIndex(of: "{") else {
      throw Fault(description: "a sample without family or labels")
    }
    let name = String(line[..<brace])
    let suffixes = ["gauge": "", "counter": "_total", "info": "_info"]
    guard let suffix = suffixes[families[last].type], name == families[last].name + suffix else {
      throw Fault(description: "not of this family")
    }
    var rest = line[line.index(after: brace)...]
    let labels = try Self.labels(&rest)
    let words = rest.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[0].isEmpty, let value = Double(words[1]), value.isFinite,
      let timestamp = Double(words[2])
    else { throw Fault(description: "expected value and timestamp") }
    let key = labels.sorted { $0.name < $1.name }.map { "\($0.name)\u{0}\($0.value)" }
      .joined(separator: "\u{1}")
    if key == current {
      guard let before = families[last].samples.last, before.timestamp < timestamp else {
        throw Fault(description: "time does not go on")
      }
      if families[last].type == "counter", before.value > value {
        throw Fault(description: "a counter that falls")
      }
    } else if !series.insert(key).inserted {
      throw Fault(description: "a series in two places")
    }
    current = key
    if families[last].type == "counter", value < 0 { throw Fault(description: "below zero") }
    if families[last].type == "info", value != 1 { throw Fault(description: "not 1") }
    families[last].samples.append(
      Sample(name: name, labels: labels, value: value, timestamp: timestamp))
  }

  private static func labels(_ rest: inout Substring) throws -> [(name: String, value: String)] {
    var labels: [(name: String, value: String)] = []
    while true {
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      rest = rest[name.endIndex...]
      guard let first = name.first, !first.isNumber, rest.hasPrefix("=\"") else {
        throw Fault(description: "no label")
      }
      rest.removeFirst(2)
      labels.append((String(name), try value(&rest)))
      switch rest.popFirst() {
      case ",": continue
      case "}":
        guard Set(labels.map(\.name)).count == labels.count else {
          throw Fault(description: "a label twice")
        }
        return labels
      default: throw Fault(description: "labels that do not end")
      }
    }
  }

  private static func value(_ rest: inout Substring) throws -> String {
    var value = ""
    while let character = rest.popFirst() {
      if character == "\"" { return value }
      guard character == "\\" else {
        value.append(character)
        continue
      }
      switch rest.popFirst() {
      case "n": value += "\n"
      case "\\": value += "\\"
      case "\"": value += "\""
      default: throw Fault(description: "an escape that is none")
      }
    }
    throw Fault(description: "a value that does not end")
  }
}
