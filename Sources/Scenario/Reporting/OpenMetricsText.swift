import SimulationKernel

/// A metric family of OpenMetrics: samples that share name, type and meaning.
struct MetricFamily {
  /// The types that are used.
  enum Kind: String {
    case gauge
    case counter
    case info
  }

  let name: String
  let kind: Kind
  let unit: String?
  let help: String
  /// Lines of samples, those of one series in the order of their times.
  private(set) var samples = ""

  init(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String) {
    precondition(unit.map { name.hasSuffix("_\($0)") } ?? true, "\(name) does not end in its unit")
    self.name = name
    self.kind = kind
    self.unit = unit
    self.help = help
  }

  /// Adds a sample; `time` is since the run's start, which was at `epochSeconds`.
  mutating func add(
    _ labels: [(String, String)], _ value: String, at time: SimulationTime, epochSeconds: Int64
  ) {
    let suffix =
      switch kind {
      case .gauge: ""
      case .counter: "_total"
      case .info: "_info"
      }
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    samples += "\(name)\(suffix){\(list)} \(value) \(Self.text(time, epochSeconds))\n"
  }

  /// The family with its metadata; nothing if it has no samples.
  var text: String {
    if samples.isEmpty { return "" }
    let unitLine = unit.map { "# UNIT \(name) \($0)\n" } ?? ""
    return "# TYPE \(name) \(kind.rawValue)\n\(unitLine)# HELP \(name) \(Self.escaped(help))\n"
      + samples
  }

  private static func text(_ time: SimulationTime, _ epochSeconds: Int64) -> String {
    let seconds = epochSeconds + time.nanoseconds / 1_000_000_000
    let fraction = String(time.nanoseconds % 1_000_000_000)
    if fraction == "0" { return String(seconds) }
    return "\(seconds).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
