import JSON
package import SimulationKernel

/// Compares two traces event by event, holding only a few of them at a time.
///
/// Sequence numbers are no part of what is compared: an event too many shifts those of all after it.
/// Where two events differ, the comparison looks ahead for the place from which both go on alike.
package struct TraceComparison {
  /// How many events of each trace are looked ahead for a place from which both go on alike.
  package static let lookAheadMax = 1_000
  /// How many events are shown before the first difference, and of each trace from it on.
  static let shownEvents = (before: 5, after: 4)

  /// The first difference.
  package struct First {
    /// Events right before it, the same in both.
    package var before: [ComparedEvent] = []
    /// The first trace from there on; the first `differing` of them are not in the other.
    package var left: Side
    /// The second trace from there on.
    package var right: Side

    /// One of the traces from the difference on.
    package struct Side {
      /// The first few events.
      package var events: [ComparedEvent]
      /// How many events only this trace has here; nil: they part for good.
      package var differing: Int?
    }
  }

  /// What was counted of one trace.
  package struct Totals {
    /// Events.
    package var events = 0
    /// Events by kind.
    package var kinds: [String: Int] = [:]
    /// Requests by gRPC status.
    package var requests: [String: Int] = [:]
    /// The outcomes of the checks, in order.
    package var checks: [(text: String, holds: Bool)] = []
    /// The time of the last event.
    package var end = SimulationTime.zero
  }

  /// The first difference; nil: there is none.
  package private(set) var first: First?
  /// In how many places they differ.
  package private(set) var places = 0
  /// How many events only the first trace has, and how many only the second.
  package private(set) var alone = (left: 0, right: 0)
  /// Whether they part for good, as far as can be seen by looking ahead.
  package private(set) var partsForGood = false
  /// What was counted of the first trace, and of the second.
  package private(set) var totals = (left: Totals(), right: Totals())

  private var recent: [ComparedEvent] = []

  /// Compares two traces.
  ///
  /// - Parameters:
  ///   - left: The next event of the first trace, nil at its end.
  ///   - right: The next event of the second.
  /// - Throws: What `left` and `right` throw.
  package init(
    _ left: () throws -> ComparedEvent?, _ right: () throws -> ComparedEvent?
  ) throws {
    var leftAhead = Ahead()
    var rightAhead = Ahead()
    while true {
      try leftAhead.fill(1) { try next(left, \.left) }
      try rightAhead.fill(1) { try next(right, \.right) }
      guard let one = leftAhead.first, let other = rightAhead.first else { break }
      guard one == other else {
        try leftAhead.fill(Self.lookAheadMax) { try next(left, \.left) }
        try rightAhead.fill(Self.lookAheadMax) { try next(right, \.right) }
        let skip = Self.alike(leftAhead.events, rightAhead.events)
        differ(leftAhead, rightAhead, skip)
        guard let skip else { break }
        leftAhead.drop(skip.left)
        rightAhead.drop(skip.right)
        continue
      }
      note(one)
      leftAhead.drop(1)
      rightAhead.drop(1)
    }
    try finish(leftAhead, rightAhead, left, right)
  }

  /// Whether both are the same.
  package var isEqual: Bool { first == nil }

  private mutating func next(
    _ read: () throws -> ComparedEvent?,
    _ side: WritableKeyPath<(left: Totals, right: Totals), Totals>
  ) throws -> ComparedEvent? {
    guard let event = try read() else { return nil }
    totals[keyPath: side].count(event)
    return event
  }

  private mutating func note(_ event: ComparedEvent) {
    if first != nil { return }
    recent.append(event)
    if recent.count > Self.shownEvents.before { recent.removeFirst() }
  }

  private mutating func differ(
    _ left: Ahead, _ right: Ahead, _ skip: (left: Int, right: Int)?
  ) {
    places += 1
    if let skip {
      alone.left += skip.left
      alone.right += skip.right
    } else {
      partsForGood = true
    }
    if first != nil { return }
    let after = Self.shownEvents.after
    first = First(
      before: recent,
      left: First.Side(events: Array(left.events.prefix(after)), differing: skip?.left),
      right: First.Side(events: Array(right.events.prefix(after)), differing: skip?.right))
    recent = []
  }

  /// One trace has ended, or they have parted: counts the rest of both.
  private mutating func finish(
    _ left: Ahead, _ right: Ahead, _ nextLeft: () throws -> ComparedEvent?,
    _ nextRight: () throws -> ComparedEvent?
  ) throws {
    var left = left
    var right = right
    try left.fill(Self.shownEvents.after) { try next(nextLeft, \.left) }
    try right.fill(Self.shownEvents.after) { try next(nextRight, \.right) }
    var rest = (left: left.events.count, right: right.events.count)
    while try next(nextLeft, \.left) != nil { rest.left += 1 }
    while try next(nextRight, \.right) != nil { rest.right += 1 }
    if partsForGood {
      alone.left += rest.left
      alone.right += rest.right
    } else if rest.left + rest.right > 0 {
      differ(left, right, rest)
    }
  }

  /// How many events of each to leave out, as few as can be, so that the next is in both; nil: not
  /// within what is there.
  ///
  /// Times are exact to the nanosecond, so that events are hardly alike by chance. Worked example: of
  /// `a b c d` and `x c d e`, two and one, as `c` comes next in both.
  static func alike(
    _ left: ArraySlice<ComparedEvent>, _ right: ArraySlice<ComparedEvent>
  ) -> (left: Int, right: Int)? {
    let lefts = left.map(\.hash)
    let rights = right.map(\.hash)
    guard !lefts.isEmpty, !rights.isEmpty else { return nil }
    for sum in 1...(lefts.count + rights.count) {
      for skipped in max(0, sum - rights.count + 1)...sum where skipped < lefts.count {
        let one = left.startIndex + skipped
        let other = right.startIndex + sum - skipped
        if lefts[skipped] == rights[sum - skipped], left[one] == right[other] {
          return (skipped, sum - skipped)
        }
      }
    }
    return nil
  }

  /// Events of a trace that were read and not yet compared.
  private struct Ahead {
    private(set) var events: ArraySlice<ComparedEvent> = []
    private var hasEnded = false

    var first: ComparedEvent? { events.first }

    mutating func fill(_ count: Int, _ next: () throws -> ComparedEvent?) rethrows {
      while events.count < count, !hasEnded {
        if let event = try next() { events.append(event) } else { hasEnded = true }
      }
    }

    /// A slice forgets its first without moving the rest.
    mutating func drop(_ count: Int) { events = events.dropFirst(count) }
  }
}

extension TraceComparison.Totals {
  fileprivate mutating func count(_ event: ComparedEvent) {
    events += 1
    kinds[event.kind, default: 0] += 1
    end = event.time
    switch event.kind {
    case "request.ended", "requests.ended":
      guard let fields = event.parsed, let status = fields["status"]?.stringValue else { return }
      requests[status, default: 0] += fields["count"]?.intValue ?? 1
    case "check.outcome":
      guard let fields = event.parsed, let text = fields["subject"]?.stringValue,
        let holds = fields["holds"]?.boolValue
      else { return }
      checks.append((text, holds))
    default: break
    }
  }
}
