import SimulationKernel

/// Writes how two runs differ, for people.
package struct DiffReport {
  /// One of the two.
  package struct Side {
    /// What was compared, as it was asked for.
    package var name: String
    /// How it came out; nil of a trace that was written before.
    package var result: RunResult?

    /// Names a side.
    package init(name: String, result: RunResult?) {
      self.name = name
      self.result = result
    }
  }

  private let left: Side
  private let right: Side
  private let comparison: TraceComparison

  /// Makes a report of a comparison.
  package init(_ left: Side, _ right: Side, _ comparison: TraceComparison) {
    self.left = left
    self.right = right
    self.comparison = comparison
  }

  /// Whether both are the same: every event, and the digests where both were run.
  package var isEqual: Bool { comparison.isEqual && hasEqualDigests != false }

  private var hasEqualDigests: Bool? {
    guard let one = left.result, let other = right.result else { return nil }
    return one.digest == other.digest
  }

  /// The report.
  package var text: String {
    let lines =
      [head("A", left, comparison.totals.left), head("B", right, comparison.totals.right), ""]
      + verdict + difference + checks + missed + totals
    return lines.joined(separator: "\n") + "\n"
  }

  private func head(_ letter: String, _ side: Side, _ totals: TraceComparison.Totals) -> String {
    let what = side.result.map { "seed \($0.seed), digest \($0.digest)" } ?? "a trace"
    return "  \(letter)  \(side.name)\n     \(what), \(totals.events) events until \(totals.end)"
  }

  private var verdict: [String] {
    guard comparison.isEqual else {
      let digests = hasEqualDigests == false ? ", their digests differ" : ""
      return ["the runs differ\(digests)"]
    }
    switch hasEqualDigests {
    case true?: return ["the runs are the same, event by event and by their digests"]
    case false?:
      return [
        "every event is the same, and the digests differ: bytes of messages or random numbers do,"
          + " which are in the digest and not in the trace"
      ]
    case nil:
      return ["every event is the same; bytes of messages, which only digests compare, may differ"]
    }
  }

  // MARK: The first difference

  private var difference: [String] {
    guard let first = comparison.first else { return [] }
    var lines = [""]
    if !first.before.isEmpty {
      lines.append("  right before it, the same in both")
      lines += first.before.map { "       \(words($0))" }
    }
    lines.append("  the first event that differs")
    lines += versions(first)
    lines.append("")
    lines += extent
    return lines
  }

  private func versions(_ first: TraceComparison.First) -> [String] {
    var lines: [String] = []
    let one = first.left.events.first
    let other = first.right.events.first
    let isOnlyLeft = first.right.differing == 0 && first.left.differing != 0
    let isOnlyRight = first.left.differing == 0 && first.right.differing != 0
    if let one, !isOnlyRight { lines.append("    A  \(words(one))  (event \(one.sequence))") }
    if let other, !isOnlyLeft { lines.append("    B  \(words(other))  (event \(other.sequence))") }
    if isOnlyLeft { lines.append("    B  has nothing of the kind") }
    if isOnlyRight { lines.append("    A  has nothing of the kind") }
    if let one, let other, !isOnlyLeft, !isOnlyRight { lines += fields(one, other) }
    lines += next("A", first.left, isShown: !isOnlyRight)
    lines += next("B", first.right, isShown: !isOnlyLeft)
    return lines
  }

  /// Field by field, where two events are of one kind.
  private func fields(_ one: ComparedEvent, _ other: ComparedEvent) -> [String] {
    if one.kind != other.kind { return [] }
    var lines: [String] = []
    if one.time != other.time { lines += pair("time", one.time.precise, other.time.precise) }
    let ones = one.fields
    let others = other.fields
    for name in ones.map(\.name)
      + others.map(\.name).filter({ name in
        !ones.contains { $0.name == name }
      })
    {
      let value = ones.first { $0.name == name }?.value
      let otherValue = others.first { $0.name == name }?.value
      if value != otherValue {
        lines += pair(name, value ?? "not there", otherValue ?? "not there")
      }
    }
    return lines
  }

  private func pair(_ name: String, _ one: String, _ other: String) -> [String] {
    let words = { (value: String) in value.isEmpty ? "nothing" : value }
    return ["       \(name): A has \(words(one))", "       \(name): B has \(words(other))"]
  }

  /// What else only this side has, as far as it is shown.
  private func next(
    _ letter: String, _ side: TraceComparison.First.Side, isShown: Bool
  ) -> [String] {
    let differing = side.differing ?? side.events.count
    guard isShown, differing > 1 else { return [] }
    let events = side.events.dropFirst().prefix(differing - 1)
    return ["    then in \(letter) alone"] + events.map { "       \(words($0))" }
  }

  private var extent: [String] {
    let (one, other) = comparison.alone
    let counts = "\(one) events are only in A, \(other) only in B"
    if comparison.partsForGood {
      let place = comparison.places == 1 ? "there" : "at the last of \(comparison.places) places"
      return [
        "  they part for good \(place): \(counts)",
        "  (looked \(TraceComparison.lookAheadMax) events ahead for where they go on alike)",
      ]
    }
    let places = comparison.places == 1 ? "in one place" : "in \(comparison.places) places"
    let shift = one == other ? "" : "; sequence numbers of what follows are shifted"
    return ["  they differ \(places) and go on alike after each: \(counts)\(shift)"]
  }

  private func words(_ event: ComparedEvent) -> String {
    let fields = event.fields
    let subject = fields.first { $0.name == "subject" }?.value ?? ""
    let details = fields.filter { $0.name != "subject" }.map { "\($0.name) \($0.value)" }
    let tail = details.isEmpty ? "" : "  (\(details.joined(separator: ", ")))"
    return "\(event.time.precise)  \(event.kind)  \(subject)\(tail)"
  }

  // MARK: Checks and totals

  private var checks: [String] {
    let ones = numbered(comparison.totals.left.checks)
    let others = numbered(comparison.totals.right.checks)
    var lines: [String] = []
    for one in ones {
      let other = others.first { $0.text == one.text && $0.number == one.number }
      if let other, other.holds == one.holds { continue }
      lines.append("    \(one.text)")
      lines.append("      A  \(outcome(one, left.result))")
      lines.append("      B  \(other.map { outcome($0, right.result) } ?? "has no such check")")
    }
    for other in others
    where !ones.contains(where: { $0.text == other.text && $0.number == other.number }) {
      lines += [
        "    \(other.text)", "      A  has no such check",
        "      B  \(outcome(other, right.result))",
      ]
    }
    if !lines.isEmpty { return ["", "  checks that changed"] + lines }
    return ones.isEmpty ? [] : ["", "  no check changed"]
  }

  private struct Outcome {
    var text: String
    /// Which of the checks with this text it is.
    var number: Int
    var holds: Bool
  }

  private func numbered(_ checks: [(text: String, holds: Bool)]) -> [Outcome] {
    var counts: [String: Int] = [:]
    return checks.map { check in
      defer { counts[check.text, default: 0] += 1 }
      return Outcome(text: check.text, number: counts[check.text] ?? 0, holds: check.holds)
    }
  }

  private func outcome(_ outcome: Outcome, _ result: RunResult?) -> String {
    let reports = result?.checks.filter { $0.check.text == outcome.text } ?? []
    guard outcome.number < reports.count else { return outcome.holds ? "ok" : "FAILED" }
    return switch reports[outcome.number].outcome {
    case .passed(let seen): "ok      \(seen)"
    case .failed(let time, let seen): "FAILED  \(seen), at \(time)"
    }
  }

  private var missed: [String] {
    let ones = left.result?.missed.map(\.name) ?? []
    let others = right.result?.missed.map(\.name) ?? []
    guard left.result != nil, right.result != nil, ones != others else { return [] }
    let list = { (names: [String]) in names.isEmpty ? "nothing" : names.joined(separator: ", ") }
    return ["", "  never happened", "    A  \(list(ones))", "    B  \(list(others))"]
  }

  private var totals: [String] {
    let (one, other) = comparison.totals
    var rows: [(name: String, left: String, right: String)] = []
    func add(_ name: String, _ left: String, _ right: String) {
      if left != right { rows.append((name, left, right)) }
    }
    add("events", String(one.events), String(other.events))
    add("end", "\(one.end)", "\(other.end)")
    for status in Set(one.requests.keys).union(other.requests.keys).sorted() {
      add(
        "requests \(status)", String(one.requests[status] ?? 0),
        String(other.requests[status] ?? 0))
    }
    for kind in Set(one.kinds.keys).union(other.kinds.keys).sorted() {
      add(kind, String(one.kinds[kind] ?? 0), String(other.kinds[kind] ?? 0))
    }
    if rows.isEmpty { return [] }
    let widths = (
      name: rows.map(\.name.count).max() ?? 0, left: rows.map(\.left.count).max() ?? 0,
      right: rows.map(\.right.count).max() ?? 0
    )
    func line(_ name: String, _ left: String, _ right: String) -> String {
      "    \(name.padded(widths.name))  \(left.padded(-widths.left))  \(right.padded(-widths.right))"
    }
    return ["", "  totals that changed", line("", "A", "B")]
      + rows.map { line($0.name, $0.left, $0.right) }
  }
}

extension String {
  /// The text with spaces to a width; before it where the width is negative.
  fileprivate func padded(_ width: Int) -> String {
    let space = String(repeating: " ", count: max(0, abs(width) - count))
    return width < 0 ? space + self : self + space
  }
}

extension SimulationTime {
  /// `h:mm:ss.` and nanoseconds, in which two events may differ.
  fileprivate var precise: String {
    let rest = String(nanoseconds % 1_000_000)
    return "\(self)\(String(repeating: "0", count: 6 - rest.count))\(rest)"
  }
}
