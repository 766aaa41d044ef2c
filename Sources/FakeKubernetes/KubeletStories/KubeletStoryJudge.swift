package import JSON

/// Compares what was seen with what a kubelet's recording wants, as its README says.
package struct KubeletStoryJudge {
  /// States that last less than this may be missing, seconds.
  private static let shortest = 0.3
  private static let unjudged: Set<String> = ["lease", "node/writes"]
  private let story: KubeletStory

  package init(_ story: KubeletStory) { self.story = story }

  /// The verdicts, in the story's order of facets; those that are not judged are left out.
  func judge(_ seen: [String: [[JSONValue]]]) -> [StoryJudge.Verdict] {
    story.want.compactMap { facet in
      if Self.unjudged.contains(facet.name) || story.varied.contains(facet.name) { return nil }
      let rows = seen[facet.name] ?? []
      let failure: String? =
        switch facet.name {
        case "events", "node/events": eventFailure(facet, rows)
        case "object", "node/object": objectFailure(facet, rows)
        default: rowFailure(facet, rows)
        }
      return StoryJudge.Verdict(facet: facet.name, failure: failure)
    }
  }

  private func time(_ row: [JSONValue]) -> Double { row.first?.doubleValue ?? 0 }

  /// How much later than the recording's end a row that it just saw may come, seconds.
  var slack: Double {
    let until = story.until.asSeconds
    return story.hasRetries ? 6 + until / 10 : 1
  }

  /// Whether a row may be one that the recording would have seen after its end.
  private func isLate(_ row: [JSONValue]) -> Bool {
    time(row) > story.until.asSeconds - slack
  }

  private func tolerance(_ facet: String, _ index: Int, at time: Double) -> Double {
    let spread = story.spread[facet].flatMap { $0.indices.contains(index) ? $0[index] : nil }
    let range = spread?.doubleValue ?? spread?[0]?.doubleValue ?? 0
    let base = 1 + range + 0.005
    return story.hasRetries ? base + 5 + time / 10 : base
  }

  // MARK: - Rows in order

  private static func mayMissShortRows(_ facet: String) -> Bool {
    facet == "status" || facet == "generation" || facet.hasPrefix("conditions/")
      || facet.hasPrefix("message/") || facet.hasPrefix("lastState/")
  }

  /// How long a row lasted, seconds; the last one lasts for ever.
  private func lasting(_ rows: [[JSONValue]], _ index: Int) -> Double {
    index + 1 < rows.count ? time(rows[index + 1]) - time(rows[index]) : .infinity
  }

  private func rowFailure(_ facet: KubeletStory.Facet, _ seen: [[JSONValue]]) -> String? {
    let isPartial = story.partial.contains(facet.name)
    let mayMiss = Self.mayMissShortRows(facet.name)
    var position = 0
    // Whether the row before was a short one that is missing: its end is then none either.
    var hasSkipped = false
    for (index, row) in facet.rows.enumerated() {
      let found = (position..<max(position, seen.count)).first { candidate in
        let between = position..<candidate
        let isReachable =
          isPartial
          || mayMiss && between.allSatisfy { lasting(seen, $0) < Self.shortest }
        return (between.isEmpty || isReachable) && matches(row, seen[candidate], facet.name, index)
      }
      if let found {
        position = found + 1
        hasSkipped = false
      } else if mayMiss && lasting(facet.rows, index) < Self.shortest {
        hasSkipped = true
      } else {
        if hasSkipped, position > 0, isSame(row, seen[position - 1]) { continue }
        return failure(facet.rows, seen, index, position)
      }
    }
    if isPartial { return nil }
    for rest in position..<max(position, seen.count)
    where !isLate(seen[rest]) {
      if mayMiss, lasting(seen, rest) < Self.shortest { continue }
      return failure(facet.rows, seen, facet.rows.count, rest)
    }
    return nil
  }

  private func matches(
    _ wanted: [JSONValue], _ seen: [JSONValue], _ facet: String, _ index: Int
  ) -> Bool {
    // The end's order has the time of the last change, which is no row of its own.
    let isTimed = facet != "conditionOrder"
    let tolerance = tolerance(facet, index, at: time(wanted))
    return isSame(wanted, seen)
      && (!isTimed || abs(time(wanted) - time(seen)) <= tolerance)
  }

  /// Whether two rows say the same, whenever; events are the same by what they are found by.
  package func isSame(_ wanted: [JSONValue], _ seen: [JSONValue], _ facet: String) -> Bool {
    guard facet == "events" || facet == "node/events" else { return isSame(wanted, seen) }
    return zip(key(wanted, facet), key(seen, facet)).allSatisfy { difference($0, $1, "") == nil }
  }

  /// Whether a row was seen in time.
  package func isTimely(
    _ wanted: [JSONValue], _ seen: [JSONValue], _ facet: String, _ index: Int
  ) -> Bool {
    abs(time(wanted) - time(seen)) <= tolerance(facet, index, at: time(wanted))
  }

  private func isSame(_ wanted: [JSONValue], _ seen: [JSONValue]) -> Bool {
    wanted.count == seen.count
      && zip(wanted.dropFirst(), seen.dropFirst()).allSatisfy { difference($0, $1, "") == nil }
  }

  private func failure(
    _ wanted: [[JSONValue]], _ seen: [[JSONValue]], _ index: Int, _ position: Int
  ) -> String {
    func text(_ rows: [[JSONValue]], _ index: Int) -> String {
      rows.indices.contains(index) ? JSONValue.array(rows[index]).description : "nothing"
    }
    let before = seen[..<min(position, seen.count)].suffix(2).map {
      JSONValue.array($0).description
    }
    return "row \(index): expected \(text(wanted, index)), seen \(text(seen, position)), after "
      + (before.isEmpty ? "nothing" : before.joined(separator: " "))
  }

  // MARK: - Sets of events

  /// What an event is found by: type, reason, message and, where it has one, the field's path.
  private func key(_ row: [JSONValue], _ facet: String) -> [JSONValue] {
    [1, 2, 3, facet == "events" ? 6 : 4].map { member($0, of: row) }
  }

  /// null where a row lacks it.
  private func member(_ index: Int, of row: [JSONValue]) -> JSONValue {
    row.indices.contains(index) ? row[index] : .null
  }

  private func eventFailure(_ facet: KubeletStory.Facet, _ seen: [[JSONValue]]) -> String? {
    var left = seen
    for (index, row) in facet.rows.enumerated() {
      let wanted = key(row, facet.name)
      let found = left.firstIndex {
        zip(wanted, key($0, facet.name)).allSatisfy { difference($0, $1, "") == nil }
      }
      guard let found else {
        return "event \(index) \(JSONValue.array(row)) was not seen; left of what was seen: "
          + left.prefix(6).map { JSONValue.array($0).description }.joined(separator: " ")
      }
      let other = left.remove(at: found)
      if abs(time(row) - time(other)) > tolerance(facet.name, index, at: time(row)) {
        return "event \(index): expected \(JSONValue.array(row)), first seen at \(time(other))"
      }
      let count = member(4, of: other)
      if facet.name == "events", !isCount(count, within: member(4, of: row)) {
        return "event \(index): expected \(JSONValue.array(row)), seen \(count) times"
      }
    }
    if story.partial.contains(facet.name) { return nil }
    guard let extra = left.first(where: { !isLate($0) }) else { return nil }
    return "not expected: \(JSONValue.array(extra))"
  }

  private func isCount(_ seen: JSONValue, within wanted: JSONValue) -> Bool {
    guard let count = seen.doubleValue else { return false }
    let least = wanted.doubleValue ?? wanted[0]?.doubleValue ?? 0
    let most = wanted.doubleValue ?? wanted[1]?.doubleValue ?? 0
    return count >= least - max(1, least / 5) && count <= most + max(1, most / 5)
  }

  // MARK: - Documents

  private func objectFailure(_ facet: KubeletStory.Facet, _ seen: [[JSONValue]]) -> String? {
    guard let row = facet.rows.last, let wanted = row.last, let last = seen.last?.last else {
      return "no object was seen"
    }
    guard let found = difference(wanted, last, facet.name) else { return nil }
    // What came after it may be what the recording would have seen after its end.
    let tolerance = tolerance(facet.name, 0, at: time(row))
    let isThere = seen.contains { other in
      abs(time(other) - time(row)) <= tolerance
        && other.last.map { difference(wanted, $0, "") == nil } == true
    }
    return isThere ? nil : found
  }

  /// Where two documents differ, by their keys and the values that are no placeholders.
  private func difference(_ wanted: JSONValue, _ seen: JSONValue, _ path: String) -> String? {
    switch (wanted, seen) {
    case (.object(let wanted), .object(let seen)):
      for (key, value) in wanted {
        guard let other = seen[key] else { return "\(path).\(key): expected \(value), not there" }
        if let found = difference(value, other, "\(path).\(key)") { return found }
      }
      for (key, value) in seen where wanted[key] == nil {
        return "\(path).\(key): not expected, seen \(value)"
      }
      return nil
    case (.array(let wanted), .array(let seen)):
      if wanted.count != seen.count {
        return "\(path): expected \(JSONValue.array(wanted)), seen \(JSONValue.array(seen))"
      }
      for index in wanted.indices {
        let found = difference(wanted[index], seen[index], "\(path)[\(index)]")
        if let found { return found }
      }
      return nil
    case (.string(let wanted), .string(let seen)) where KubeletStoryNames.matches(wanted, seen):
      return nil
    default:
      if wanted == seen { return nil }
      if let number = wanted.doubleValue, number == seen.doubleValue { return nil }
      return "\(path): expected \(wanted), seen \(seen)"
    }
  }
}
