/// What a figure should be, and at what it counts as missed.
struct Target {
  let figure: String
  let aim: String
  let value: Double
  let isHeld: Bool
  let text: String

  /// At least so many units a second; `aim` is what is hoped for.
  static func rate(_ finding: Finding, atLeast bound: Double, aim: Double) -> Target {
    let rate = finding.perSecond
    return Target(
      figure: "\(finding.name), \(finding.unit)s/s",
      aim: "at least \(millions(bound)), aim \(millions(aim))", value: rate,
      isHeld: rate >= bound, text: millions(rate))
  }

  /// At most so many times what another one costs.
  static func ratio(_ finding: Finding, to other: Finding, atMost bound: Double) -> Target {
    let ratio = finding.nanoseconds / other.nanoseconds
    return Target(
      figure: "\(finding.name), to \(other.name)", aim: "at most \(decimal(bound, 1))",
      value: ratio, isHeld: ratio <= bound,
      text: "\(decimal(ratio)) (\(decimal(finding.nanoseconds / 1e3, 1))"
        + " and \(decimal(other.nanoseconds / 1e3, 1)) µs)")
  }

  private static func millions(_ number: Double) -> String { decimal(number / 1e6) + " M" }

  /// Those of the suite whose benchmarks were measured.
  static func all(_ findings: [Finding]) -> [Target] {
    func finding(_ name: String) -> Finding? { findings.first { $0.name == name } }
    var targets: [Target] = []
    if let events = finding("kernel events") {
      targets.append(.rate(events, atLeast: 5e6, aim: 10e6))
    }
    if let sleeps = finding("kernel sleeps") {
      targets.append(.rate(sleeps, atLeast: 1e6, aim: 2e6))
    }
    if let echoes = finding("network echoes") {
      targets.append(.rate(echoes, atLeast: 0.5e6, aim: 1e6))
    }
    if let bare = finding("two bare hops") {
      for name in ["predict in a simulation", "predict in a scenario"] {
        if let predict = finding(name) { targets.append(.ratio(predict, to: bare, atMost: 2.5)) }
      }
    }
    return targets
  }
}

/// A number with so many digits after the point.
func decimal(_ value: Double, _ digits: Int = 2) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int64((value * scale).rounded())
  let text = String(abs(whole))
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  let sign = whole < 0 ? "-" : ""
  return digits == 0
    ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}
