import SimulationKernel

/// A stretch of the story in which something is looked at.
struct Window {
  let start: SimulationTime
  private let measure: Measure
  private let podNanosecondsBefore: Int64
  private var counts = WindowCounts()

  /// Opens a window; `start` is when it begins, `now` not earlier.
  init(
    _ measure: Measure, from start: SimulationTime, _ observations: Observations,
    now: SimulationTime
  ) {
    self.measure = measure
    self.start = start
    podNanosecondsBefore =
      measure.metric == .podHours ? observations.podNanoseconds(measure.service) : 0
  }

  /// Whether a request that was to be sent in the window has not ended.
  func isOpen(_ observations: Observations, until end: SimulationTime) -> Bool {
    guard measure.isOverRequests, let earliest = observations.earliestOpen(measure.service) else {
      return false
    }
    return earliest < end
  }

  /// What is seen now, in the window up to its end.
  mutating func look(
    _ observations: Observations, until end: SimulationTime?, now: SimulationTime
  ) -> Observed {
    let service = measure.service
    if measure.isOverRequests {
      counts.requests.take(
        observations.requests(service), from: start, until: end ?? .distantFuture)
      counts.length = min(end ?? now, now) - start
    } else if measure.metric == .podHours {
      counts.podNanoseconds = observations.podNanoseconds(service) - podNanosecondsBefore
    }
    return measure.observe(observations.state(service), counts)
  }
}

/// A column of a matrix's table as it is filled.
struct ColumnRun {
  let column: Column
  private var window: Window?
  /// What is shown, once the window is over.
  private(set) var text: String?

  init(_ column: Column) { self.column = column }

  /// Looks at the world after an event.
  mutating func observe(_ observations: Observations, _ moments: Moments, now: SimulationTime) {
    if text != nil { return }
    if window == nil, let start = moments.time(column.from), now >= start {
      window = Window(column.measure, from: start, observations, now: now)
    }
    if let end = column.until.flatMap(moments.time), now > end,
      window?.isOpen(observations, until: end) != true
    {
      finish(observations, moments, now: now)
    }
  }

  /// Looks at the world at the end of the window or of the story.
  mutating func finish(_ observations: Observations, _ moments: Moments, now: SimulationTime) {
    if text != nil { return }
    guard var window else {
      text = "-"
      return
    }
    text =
      window.look(observations, until: column.until.flatMap(moments.time), now: now).text
  }
}
