import Scenario
import SimulationKernel
import TestSupport
import Testing

/// Traces of a few letters, an event each, and how they differ.
private enum Letters {
  /// A trace in which each letter is an event of its own second and subject.
  static func events(_ letters: String) throws -> [ComparedEvent] {
    try letters.enumerated().map { place, letter in
      try event(
        place,
        "{\"ns\":\(letter.asciiValue ?? 0)000000000,\"kind\":\"a.b\",\"subject\":\"\(letter)\"}")
    }
  }

  static func event(_ place: Int, _ rest: String) throws -> ComparedEvent {
    try #require(ComparedEvent(Array("{\"n\":\(place),\(rest.dropFirst())".utf8)))
  }

  static func compare(_ left: [ComparedEvent], _ right: [ComparedEvent]) throws -> TraceComparison {
    var left = left[...]
    var right = right[...]
    return try TraceComparison({ left.popFirst() }, { right.popFirst() })
  }

  static func compare(_ left: String, _ right: String) throws -> TraceComparison {
    try compare(events(left), events(right))
  }

  static func text(_ comparison: TraceComparison) -> String {
    DiffReport(
      DiffReport.Side(name: "one", result: nil), DiffReport.Side(name: "other", result: nil),
      comparison
    ).text
  }
}

@Suite struct `A comparison of traces` {
  @Test func `finds no difference between equal ones`() throws {
    let comparison = try Letters.compare("abcdef", "abcdef")
    #expect(comparison.isEqual && comparison.first == nil)
    #expect(Letters.text(comparison).contains("every event is the same"))
    #expect(try Letters.compare("", "").isEqual)
  }

  /// Two traces, the first event of each that differs, and how many events only one has.
  struct Row: Sendable {
    var left: String
    var right: String
    var first: (left: String?, right: String?)
    var places = 1
    /// Whether nothing alike follows.
    var parts = false
    var alone: (left: Int, right: Int)
  }

  static let rows = [
    Row(left: "abcdefgh", right: "abxcdefgh", first: ("c", "x"), alone: (0, 1)),
    Row(left: "abcdefgh", right: "abefgh", first: ("c", "e"), alone: (2, 0)),
    Row(left: "abcdefgh", right: "abxdefgh", first: ("c", "x"), alone: (1, 1)),
    Row(
      left: "abcdefgh", right: "xbcdefgy", first: ("a", "x"), places: 2, parts: true, alone: (2, 2)),
    Row(left: "abc", right: "abcd", first: (nil, "d"), alone: (0, 1)),
    Row(left: "abc", right: "", first: ("a", nil), alone: (3, 0)),
    Row(left: "abcdefgh", right: "abxydefzh", first: ("c", "x"), places: 2, alone: (2, 3)),
  ]

  @Test(arguments: rows)
  func `tells what only one has, and goes on behind it`(_ row: Row) throws {
    let comparison = try Letters.compare(row.left, row.right)
    let first = try #require(comparison.first)
    #expect(first.left.events.first?.fields.first?.value == row.first.left)
    #expect(first.right.events.first?.fields.first?.value == row.first.right)
    #expect(comparison.places == row.places)
    #expect(comparison.alone.left == row.alone.left)
    #expect(comparison.alone.right == row.alone.right)
    #expect(comparison.partsForGood == row.parts)
    #expect(comparison.totals.left.events == row.left.count)
    #expect(comparison.totals.right.events == row.right.count)
  }

  @Test func `says where they part for good, and counts the rest`() throws {
    let comparison = try Letters.compare("abcdef", "abuvwxyz")
    #expect(comparison.partsForGood)
    #expect(comparison.alone.left == 4 && comparison.alone.right == 6)
    #expect(comparison.first?.before.count == 2)
    #expect(
      Letters.text(comparison).contains("part for good there: 4 events are only in A, 6 only in B"))
  }

  @Test func `shows two versions of an event field by field`() throws {
    let head = "\"kind\":\"request.ended\",\"subject\":\"users-1\",\"service\":\"a/b\""
    let one = try Letters.event(7, "{\"ns\":1500000000,\(head),\"status\":\"OK\",\"right\":true}")
    let other = try Letters.event(
      7, "{\"ns\":1500000001,\(head),\"status\":\"UNAVAILABLE\",\"right\":true}")
    let text = Letters.text(try Letters.compare([one], [other]))
    #expect(text.contains("A  0:00:01.500000000  request.ended  users-1"))
    #expect(text.contains("time: A has 0:00:01.500000000\n       time: B has 0:00:01.500000001"))
    #expect(text.contains("status: A has OK\n       status: B has UNAVAILABLE"))
    #expect(!text.contains("right: A") && !text.contains("service: A"))
    #expect(text.contains("requests OK           1  0\n    requests UNAVAILABLE  0  1"))
  }

  @Test func `reads only lines of a trace`() {
    for line in ["", "{}", "{\"n\":1}", "version: 1", "{\"n\":1,\"ns\":2,\"kind\":\"a.b\",\"sub"] {
      #expect(ComparedEvent(Array(line.utf8)) == nil, "\(line)")
    }
  }
}

@Suite struct `A comparison of runs` {
  private static func run(
    _ text: String, seed: UInt64
  ) throws -> (events: [ComparedEvent], result: RunResult) {
    let scenario = try #require(
      try ScenarioReader.readAll(
        Story.head + text, path: "\(Fixture.root)/Scenarios/test.yaml",
        fileExists: { Fixture.exists($0) }, readFile: { Fixture.absolute($0) }
      ).first)
    let runner = ScenarioRunner(scenario, seed: seed, readFile: { Fixture.absolute($0) })
    var lines: [String] = []
    runner.onTrace = { lines.append(TraceLine.text($0)) }
    let result = try runner.run()
    return (try lines.map { try #require(ComparedEvent(Array($0.utf8))) }, result)
  }

  private static func diff(
    _ one: (events: [ComparedEvent], result: RunResult),
    _ other: (events: [ComparedEvent], result: RunResult)
  ) throws -> DiffReport {
    DiffReport(
      DiffReport.Side(name: "one", result: one.result),
      DiffReport.Side(name: "other", result: other.result),
      try Letters.compare(one.events, other.events))
  }

  @Test func `is empty for equal runs, and tells seeds and versions apart`() throws {
    let calm = """
      duration: 3m
      include: [shared/digits.yaml]
      expect: [{ never: digits/production failures > 0 }]
      """
    let crash = calm + "\ntimeline: [{ name: end, at: 150s, crash: digits/production, pods: 3 }]\n"
    let one = try Self.run(calm, seed: 1)
    let same = try Self.diff(one, try Self.run(calm, seed: 1))
    #expect(same.isEqual)
    #expect(same.text.contains("the runs are the same, event by event and by their digests"))
    let seeds = try Self.diff(one, try Self.run(calm, seed: 2))
    #expect(!seeds.isEqual)
    #expect(seeds.text.contains("their digests differ") && seeds.text.contains("no check changed"))
    let versions = try Self.diff(one, try Self.run(crash, seed: 1))
    let text = versions.text
    #expect(text.contains("timeline.entry  end"), "\(text)")
    #expect(text.contains("A  has nothing of the kind") || text.contains("    A  0:02:30"))
    #expect(
      text.contains("never: digits/production failures > 0\n      A  ok      held until the end"))
    #expect(text.contains("      B  FAILED  "))
    #expect(text.contains("requests UNAVAILABLE"))
  }
}
