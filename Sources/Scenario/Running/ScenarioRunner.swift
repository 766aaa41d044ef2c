package import SimulationKernel

/// Runs one scenario with one seed, tells the story and judges the checks.
///
/// `run()` is `start()`, `advance(to:)` the story's end, and `finish()`; whoever drives a story from
/// a test calls them, and what lies between, in pieces. In how many pieces a story is run never
/// shows in its digest.
package final class ScenarioRunner {
  /// How many sentences before a failure its report shows, and how many after.
  static let storyLinesAround = (before: 8, after: 2)

  private enum Stage {
    /// Nothing is there yet.
    case notStarted
    /// The world lives.
    case running(SimulatedWorld, TimelineRun)
    /// The checks are judged and the world is gone.
    case finished
  }

  package let scenario: ScenarioFile
  package let seed: UInt64
  let predictors: [String: PredictorKind]
  let readFile: (String) -> [UInt8]?
  let simulation: Simulation
  private var stage = Stage.notStarted
  private var checks: [CheckRun]
  private var columns: [ColumnRun]
  private var failurePlaces: [Int: Int] = [:]
  private var hasNews = true
  private var lastProgress = SimulationTime.zero
  private var stories: [StoryLine] = []
  private var recorder: Recorder?
  /// The scenario with what was done beside its timeline.
  var known: ScenarioFile

  /// Takes each sentence of the story as it happens.
  package var onStory: (StoryLine) -> Void = { _ in }
  /// Takes each event of the trace.
  package var onTrace: ((TraceEvent) -> Void)?
  /// Takes the packet capture in pieces; nil: nothing is captured.
  package var onPackets: (([UInt8]) -> Void)?
  /// Whether the result holds a recording of what the run showed over time.
  package var records = false
  /// Takes a line on how far the run is, some times a virtual minute.
  package var onProgress: ((String) -> Void)?

  /// Whether every line that a pod logs is kept, and not only counted where somebody asks for it.
  package var keepsLogs = false
  /// Takes the world's parts when it is built, to see that nothing of them is left behind.
  package var onWorld: ([AnyObject]) -> Void = { _ in }

  /// - Parameter readFile: The bytes of a file by its path, nil if it cannot be read.
  package init(
    _ scenario: ScenarioFile, seed: UInt64,
    predictors: [String: PredictorKind] = PredictorKind.builtIn,
    readFile: @escaping (String) -> [UInt8]?
  ) {
    self.scenario = scenario
    known = scenario
    self.seed = seed
    self.predictors = predictors
    self.readFile = readFile
    simulation = Simulation(seed: seed)
    checks = scenario.checks.map(CheckRun.init)
    columns = scenario.columns.map(ColumnRun.init)
  }

  /// Runs the story to its end.
  ///
  /// - Throws: `SimulationError` or another error of the harness; a failed check is no error.
  package func run() throws -> RunResult {
    try start()
    try advance(to: end)
    return finish()
  }

  /// The present moment of the story.
  package var now: SimulationTime { simulation.now }

  /// When the story ends.
  package var end: SimulationTime { .zero + scenario.duration }

  /// What was told so far.
  package var story: [StoryLine] { stories }

  /// Whether the story ended before its time, because what must hold before the timeline did not.
  package var isCalledOff: Bool {
    if case .running(_, let timeline) = stage { timeline.isCalledOff } else { false }
  }

  /// The world, while it lives.
  var world: SimulatedWorld? {
    if case .running(let world, _) = stage { world } else { nil }
  }

  /// Builds the world and puts the beginning of the story onto the event queue.
  ///
  /// - Throws: `ScenarioFileError` for a file of the scenario that cannot be used.
  package func start() throws {
    guard case .notStarted = stage else { preconditionFailure("\(scenario.name) started twice") }
    simulation.trace.observe { [unowned self] event in
      hasNews = true
      onTrace?(event)
    }
    simulation.trace.record("scenario.start", scenario.name)
    let world = try SimulatedWorld(
      scenario, simulation: simulation, predictors: predictors, readFile: readFile,
      onPackets: onPackets, tell: { [unowned self] in tell($0, $1) })
    if records { recorder = Recorder(world) }
    let timeline = TimelineRun(scenario, simulation: simulation) { [unowned self, unowned world] in
      recorder?.happened($0)
      world.perform($0.action, named: $0.name)
    }
    timeline.mayBegin = { [unowned self, unowned world, unowned timeline] in
      isSteady(world, timeline)
    }
    world.observations.keepsLogs = keepsLogs
    onWorld(world.parts + [simulation])
    world.start()
    timeline.start()
    stage = .running(world, timeline)
  }

  /// Lets the story go on up to a moment, at most to its end.
  ///
  /// - Throws: `SimulationError`.
  package func advance(to time: SimulationTime) throws {
    try advance(to: time, or: { false })
  }

  /// Lets the story go on until something holds after an event, at most for a while or to its end.
  ///
  /// - Returns: Whether it holds.
  /// - Throws: `SimulationError`, or what `holds` throws.
  @discardableResult
  package func advance(
    until holds: () throws -> Bool, within limit: Duration
  ) throws -> Bool {
    var failure: (any Error)?
    var hasHeld = false
    try advance(to: now + limit) {
      do { hasHeld = try holds() } catch { failure = error }
      return hasHeld || failure != nil
    }
    if let failure { throw failure }
    return hasHeld
  }

  private func advance(to time: SimulationTime, or holds: () -> Bool) throws {
    guard case .running(let world, let timeline) = stage else {
      preconditionFailure("\(scenario.name) is not running and cannot go on")
    }
    // A story that was called off, or has come to its end, stands still.
    if timeline.isCalledOff { return }
    try simulation.run(
      until: max(now, min(time, end)),
      or: {
        observe(world, timeline)
        reportProgress(world)
        return holds() || timeline.isCalledOff
      })
  }

  /// Judges the checks as the story's end, and ends the world.
  package func finish() -> RunResult {
    guard case .running(let world, let timeline) = stage else {
      preconditionFailure("\(scenario.name) is not running and cannot be finished")
    }
    let result = judge(world, timeline)
    end(world)
    return result
  }

  /// Takes the world to pieces, which nobody is told of.
  private func end(_ world: SimulatedWorld) {
    stage = .finished
    simulation.trace.close()
    world.observations.close()
    world.stop()
    // What is still queued holds on to the world.
    simulation.discardEvents()
  }

  /// Ends the world of a story that nobody wants to see the end of; without effect on one that has
  /// not begun or is over.
  package func abandon() {
    if case .running(let world, _) = stage { end(world) }
  }

  private func judge(_ world: SimulatedWorld, _ timeline: TimelineRun) -> RunResult {
    let now = simulation.now
    settle { $0.finish(world.observations, timeline.moments, now: now) }
    for index in columns.indices {
      columns[index].finish(world.observations, timeline.moments, now: now)
    }
    for check in checks {
      simulation.trace.record(
        "check.outcome", check.check.text, [("holds", .bool(!check.hasFailed))])
    }
    let reports = checks.indices.map(report)
    let recording = recorder?.finish(story: story, checks: reports, moments: timeline.moments)
    return RunResult(
      path: scenario.path, name: scenario.name, moral: scenario.moral,
      parameters: scenario.parameters, seed: seed, digest: simulation.trace.finish(),
      traceEvents: simulation.trace.count, kernelEvents: simulation.eventCount,
      requests: (world.observations.requestCount, world.observations.answeredCount),
      calls: world.callCount,
      virtualTime: now, checks: reports, missed: timeline.missed,
      columns: columns.map { ($0.column.heading, $0.text ?? "-") }, recording: recording)
  }

  private func tell(_ who: String, _ text: String) {
    if case .finished = stage { return }
    let line = StoryLine(time: simulation.now, who: who, text: text)
    stories.append(line)
    onStory(line)
  }

  private func observe(_ world: SimulatedWorld, _ timeline: TimelineRun) {
    guard hasNews else { return }
    hasNews = false
    timeline.observe(world.observations)
    recorder?.look()
    let now = simulation.now
    settle { $0.observe(world.observations, timeline.moments, now: now) }
    for index in columns.indices {
      columns[index].observe(world.observations, timeline.moments, now: now)
    }
  }

  /// Judges what must hold before the timeline begins.
  private func isSteady(_ world: SimulatedWorld, _ timeline: TimelineRun) -> Bool {
    let now = simulation.now
    return !settle {
      $0.check.kind == .steady
        && $0.beforeTimeline(world.observations, timeline.moments, now: now)
    }
  }

  /// Looks at each check whose outcome is open, and tells of those that have just failed.
  ///
  /// - Returns: Whether one has.
  @discardableResult
  private func settle(_ hasJustFailed: (inout CheckRun) -> Bool) -> Bool {
    var haveFailed = false
    for index in checks.indices where checks[index].outcome == nil {
      if hasJustFailed(&checks[index]) {
        noteFailure(index)
        haveFailed = true
      }
    }
    return haveFailed
  }

  private func noteFailure(_ index: Int) {
    failurePlaces[index] = stories.count
    tell("check", "FAILED \(checks[index].check.text)")
  }

  private func report(_ index: Int) -> CheckReport {
    guard let outcome = checks[index].outcome else {
      preconditionFailure("a check without an outcome: \(checks[index].check.text)")
    }
    var around: [StoryLine] = []
    if let place = failurePlaces[index] {
      let first = max(0, place - Self.storyLinesAround.before)
      let last = min(stories.count, place + 1 + Self.storyLinesAround.after)
      around = Array(stories[first..<last])
    }
    return CheckReport(check: checks[index].check, outcome: outcome, around: around)
  }

  private func reportProgress(_ world: SimulatedWorld) {
    guard let onProgress, simulation.now - lastProgress >= .seconds(10) else { return }
    lastProgress = simulation.now
    onProgress("\(simulation.now)  \(world.observations.requestCount) requests")
  }
}

extension CheckRun {
  /// Whether the outcome is known and is a failure.
  var hasFailed: Bool { if case .failed = outcome { true } else { false } }
}
