package import JSON

/// Compares what was seen with what a recording wants, as `golden/README.md` says.
package struct StoryJudge {
  /// How one facet fared.
  package struct Verdict {
    package var facet: String
    /// Nil if it passed; else the first row that differs, with what came before.
    package var failure: String?

    package var hasPassed: Bool { failure == nil }
  }

  private let story: Story

  package init(_ story: Story) { self.story = story }

  /// The verdicts, in the story's order of facets.
  package func judge(_ seen: [String: [[JSONValue]]]) -> [Verdict] {
    story.want.map { facet, rows in
      let seenRows = seen[facet] ?? []
      let failure =
        Self.isLasting(facet)
        ? missing(rows, in: seenRows, facet) : difference(rows, seenRows, facet)
      return Verdict(facet: facet, failure: failure)
    }
  }

  /// Whether a facet holds only states that last, between which others may be seen.
  package static func isLasting(_ facet: String) -> Bool {
    let kind = facet.prefix { $0 != "/" }
    let aspect = facet.split(separator: "/").last ?? ""
    switch kind {
    case "deployment", "replicaset": return aspect == "status" || aspect == "pods"
    case "service": return aspect == "slice" || aspect == "endpoints"
    default: return false
    }
  }

  /// Whether two rows say the same, whenever.
  package func isSame(_ wanted: [JSONValue], _ seen: [JSONValue]) -> Bool {
    wanted.count == seen.count
      && zip(wanted.dropFirst(), seen.dropFirst()).allSatisfy(Self.isEqual)
  }

  /// Whether a row was seen in time.
  package func isTimely(_ wanted: [JSONValue], _ seen: [JSONValue], _ facet: String) -> Bool {
    abs(time(wanted) - time(seen)) <= tolerance(facet, at: time(wanted))
  }

  private func tolerance(_ facet: String, at time: Double) -> Double {
    if facet.hasPrefix("events/") { return .infinity }
    var tolerance = 1 + (story.spread[facet] ?? 0)
    if story.group == "nodes" {
      let deaths = story.timeline.filter {
        $0.action == "node" && $0.fields["alive"] == false || $0.action == "delete-node"
      }
      if deaths.contains(where: { $0.at.asSeconds <= time + 1 }) { tolerance = max(tolerance, 8) }
    }
    return tolerance + 0.051
  }

  private func time(_ row: [JSONValue]) -> Double { row.first?.doubleValue ?? 0 }

  private func matches(_ wanted: [JSONValue], _ seen: [JSONValue], _ facet: String) -> Bool {
    isTimely(wanted, seen, facet) && isSame(wanted, seen)
  }

  /// Equal but for the numbers of pods that do not matter.
  private static func isEqual(_ wanted: JSONValue, _ seen: JSONValue) -> Bool {
    if wanted == seen { return true }
    switch (wanted, seen) {
    case (.string(let wanted), .string(let seen)):
      return wanted.contains("#*") && wanted == withoutOrdinals(seen)
    case (.array(let wanted), .array(let seen)):
      return wanted.count == seen.count && zip(wanted, seen).allSatisfy(isEqual)
    default: return wanted.doubleValue != nil && wanted.doubleValue == seen.doubleValue
    }
  }

  private static func withoutOrdinals(_ text: String) -> String {
    var result = ""
    var isOrdinal = false
    for character in text {
      if character == "#" {
        result.append("#*")
        isOrdinal = true
      } else if !(isOrdinal && character.isNumber) {
        result.append(character)
        isOrdinal = false
      }
    }
    return result
  }

  private func difference(_ wanted: [[JSONValue]], _ seen: [[JSONValue]], _ facet: String)
    -> String?
  {
    let until = story.until.asSeconds
    for (index, row) in wanted.enumerated() {
      guard index < seen.count else {
        if time(row) >= until - 1 { return nil }
        return failure(wanted, seen, index)
      }
      if !matches(row, seen[index], facet) {
        if time(row) >= until - 1, time(seen[index]) > until { return nil }
        return failure(wanted, seen, index)
      }
    }
    if seen.count > wanted.count, time(seen[wanted.count]) <= until {
      return failure(wanted, seen, wanted.count)
    }
    return nil
  }

  private func missing(_ wanted: [[JSONValue]], in seen: [[JSONValue]], _ facet: String) -> String?
  {
    var position = 0
    for (index, row) in wanted.enumerated() {
      let found = seen[position...].firstIndex { matches(row, $0, facet) }
      guard let found else {
        if time(row) >= story.until.asSeconds - 1 { return nil }
        let from = max(0, position - 2)
        return "row \(index) \(JSONValue.array(row)) was not seen; seen around: "
          + seen[from..<min(seen.count, from + 8)].map { JSONValue.array($0).description }
          .joined(separator: " ")
      }
      position = found + 1
    }
    return nil
  }

  private func failure(_ wanted: [[JSONValue]], _ seen: [[JSONValue]], _ index: Int) -> String {
    func text(_ rows: [[JSONValue]], _ index: Int) -> String {
      rows.indices.contains(index) ? JSONValue.array(rows[index]).description : "nothing"
    }
    let before = seen[..<min(index, seen.count)].suffix(3).map { JSONValue.array($0).description }
    return "row \(index): expected \(text(wanted, index)), seen \(text(seen, index)), after "
      + (before.isEmpty ? "nothing" : before.joined(separator: " "))
  }
}

extension Duration {
  /// Seconds with their fraction, for comparisons with recorded times.
  var asSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
