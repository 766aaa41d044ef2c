/// Quantities with units, as scenario files write them.
package enum Units {
  /// `90s`, `1m30s`, `250ms`, `2h`; nil if the text is none.
  package static func duration(_ text: String) -> Duration? {
    var total: Int64 = 0
    var rest = Substring(text)
    if rest.isEmpty { return nil }
    while !rest.isEmpty {
      guard let (value, after) = number(rest) else { return nil }
      let unit = after.prefix { $0.isLetter || $0 == "µ" }
      guard let nanoseconds = durationUnits[String(unit)] else { return nil }
      let amount = value * nanoseconds
      guard amount < 9e18 else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(Int64(amount.rounded()))
      if overflow { return nil }
      total = sum
      rest = after.dropFirst(unit.count)
    }
    return .nanoseconds(total)
  }

  private static let durationUnits: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9,
  ]

  /// `20/s`, `1200/min`, `3600/h` as requests per second.
  package static func ratePerSecond(_ text: String) -> Double? {
    guard let (value, rest) = number(Substring(text)), rest.first == "/" else { return nil }
    switch rest.dropFirst() {
    case "s": return value
    case "m", "min": return value / 60
    case "h": return value / 3600
    default: return nil
    }
  }

  /// `500m`, `2`, `1.5` as thousandths of a core.
  package static func cpuMilli(_ text: String) -> Int64? {
    guard let (value, rest) = number(Substring(text)), value < 1e9 else { return nil }
    switch rest {
    case "": return Int64((value * 1000).rounded())
    case "m": return value == value.rounded() ? Int64(value) : nil
    default: return nil
    }
  }

  /// `512Mi`, `1.5Gi`, `100M`, `4096` as bytes.
  package static func bytes(_ text: String) -> Int64? {
    guard let (value, rest) = number(Substring(text)), let unit = byteUnits[String(rest)] else {
      return nil
    }
    let bytes = value * unit
    return bytes < 9e18 ? Int64(bytes.rounded()) : nil
  }

  private static let byteUnits: [String: Double] = [
    "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
  ]

  /// `80%` as a fraction of one.
  package static func fraction(_ text: String) -> Double? {
    guard let (value, rest) = number(Substring(text)), rest == "%" else { return nil }
    return value / 100
  }

  /// `2` or `50%`, as it is written, where Kubernetes takes either.
  package static func countOrShare(_ text: String) -> String? {
    let digits = text.last == "%" ? text.dropLast() : Substring(text)
    guard digits.count <= 6, !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) })
    else { return nil }
    return text
  }

  /// A plain decimal number, such as `12` or `0.5`.
  package static func number(_ text: String) -> Double? {
    guard let (value, rest) = number(Substring(text)), rest.isEmpty else { return nil }
    return value
  }

  /// Digits with at most one point from the front of a text, and what follows.
  private static func number(_ text: Substring) -> (Double, Substring)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard digits.first?.isNumber == true, digits.last?.isNumber == true,
      let value = Double(String(digits))
    else { return nil }
    return (value, text.dropFirst(digits.count))
  }

  /// A number without a needless fraction: `99`, `99.9`.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
  }

  /// A duration for people: `1m30s`, `250ms`.
  package static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = attoseconds / 1_000_000_000
    if seconds == 0 {
      if nanoseconds == 0 { return "0s" }
      if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
      let tenths = (nanoseconds + 50_000) / 100_000
      return tenths > 0 ? "\(tenths / 10).\(tenths % 10)ms" : "\(nanoseconds)ns"
    }
    let tenths = nanoseconds / 100_000_000
    let fraction = tenths == 0 ? "" : ".\(tenths)"
    if seconds < 60 { return "\(seconds)\(fraction)s" }
    let hours = seconds / 3600
    let minutes = seconds / 60 % 60
    let rest = seconds % 60
    return (hours > 0 ? "\(hours)h" : "") + (minutes > 0 || hours > 0 ? "\(minutes)m" : "")
      + (rest > 0 || tenths > 0 ? "\(rest)\(fraction)s" : "")
  }
}
