import FakeKubernetes
package import JSON

/// A recorded exchange as prose: each request, and both answers field by field.
package enum ExchangeTelling {
  package static func lines(_ json: JSONValue, seed: UInt64 = 1) throws -> [String] {
    let recording = try ExchangeRecording(json: json)
    let runner = ExchangeRunner(recording, seed: seed)
    let difference = runner.run()
    var lines = ["\(recording.name) (\(recording.topic))", recording.shows]
    if !recording.needs.isEmpty { lines.append("Needs of HTTP: \(recording.needs).") }
    lines.append(difference.map { "The first difference: \($0)" } ?? "Every answer agrees.")
    lines = lines.flatMap { TimeLine.wrapped($0, TimeLine.width) }
    for exchange in runner.played { lines += ["", ""] + tell(exchange, runner) }
    return lines
  }

  private static func tell(_ played: ExchangeRunner.Played, _ runner: ExchangeRunner) -> [String] {
    var lines = TimeLine.wrapped("▶ \(played.method) \(played.path)", TimeLine.width)
    if let body = played.body, !body.isNull {
      lines += TimeLine.wrapped(body.text(), TimeLine.width - 2).map { "  \($0)" }
    }
    lines.append(row("", "THE REAL ONE", "OURS"))
    let sameStatus = played.status == played.wantedStatus
    lines.append(
      row(sameStatus ? "" : "✗", "status \(played.wantedStatus)", "status \(played.status)"))
    guard let wanted = played.wanted else { return lines }
    return lines + compare(wanted, played.answer, "", runner)
  }

  /// The leaves of both documents side by side, in the wanted one's order.
  private static func compare(
    _ wanted: JSONValue?, _ seen: JSONValue?, _ path: String, _ runner: ExchangeRunner
  ) -> [String] {
    switch (wanted, seen) {
    case (.object(let left), .object(let right)) where !left.isEmpty || !right.isEmpty:
      let keys = left.map(\.key) + right.map(\.key).filter { left[$0] == nil }
      return keys.flatMap { key in
        compare(left[key], right[key], path.isEmpty ? key : "\(path).\(key)", runner)
      }
    case (.array(let left), .array(let right)) where !left.isEmpty || !right.isEmpty:
      return (0..<max(left.count, right.count)).flatMap { index in
        compare(
          index < left.count ? left[index] : nil, index < right.count ? right[index] : nil,
          "\(path)[\(index)]", runner)
      }
    default:
      let agrees =
        if let wanted, let seen { runner.agrees(wanted, seen) } else { false }
      let left = wanted.map { "\(path) \(RowWords.plain($0))" } ?? "–"
      let right = seen.map(RowWords.plain) ?? "–"
      let isSaid = wanted.map(RowWords.plain) == right
      return [row(agrees ? "" : "✗", left, agrees && isSaid ? "the same" : right)]
    }
  }

  private static func row(_ mark: String, _ left: String, _ right: String) -> String {
    let width = 62
    let shortened = left.count > width ? left.prefix(width - 1) + "…" : left[...]
    let pad = String(repeating: " ", count: max(0, width - shortened.count))
    let room = TimeLine.width - width - 5
    let other = right.count > room ? right.prefix(room - 1) + "…" : right[...]
    return "\(mark.isEmpty ? " " : mark) \(shortened)\(pad)  \(other)"
  }
}
