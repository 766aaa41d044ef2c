package import SimulationKernel

/// Runs one scenario with one seed, tells the story and judges the checks.
package final class ScenarioRunner {
  /// How many sentences before a failure its report shows, and how many after.
  static let storyLinesAround = (before: 8, after: 2)

  private let scenario: ScenarioFile
  private let seed: UInt64
  private let predictors: [String: PredictorKind]
  private let readFile: (String) -> [UInt8]?
  private let simulation: Simulation
  private var story: [StoryLine] = []
  private var checks: [CheckRun]
  private var columns: [ColumnRun]
  private var failurePlaces: [Int: Int] = [:]
  private var hasNews = true
  private var lastProgress = SimulationTime.zero

  /// Takes each sentence of the story as it happens.
  package var onStory: (StoryLine) -> Void = { _ in }
  /// Takes each event of the trace.
  package var onTrace: ((TraceEvent) -> Void)?
  /// Takes the packet capture in pieces; nil: nothing is captured.
  package var onPackets: (([UInt8]) -> Void)?
  /// Takes a line on how far the run is, some times a virtual minute.
  package var onProgress: ((String) -> Void)?

  /// - Parameter readFile: The bytes of a file by its path, nil if it cannot be read.
  package init(
    _ scenario: ScenarioFile, seed: UInt64,
    predictors: [String: PredictorKind] = PredictorKind.builtIn,
    readFile: @escaping (String) -> [UInt8]?
  ) {
    self.scenario = scenario
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
    simulation.trace.observe { [unowned self] event in
      hasNews = true
      onTrace?(event)
    }
    simulation.trace.record("scenario.start", scenario.name)
    let world = try SimulatedWorld(
      scenario, simulation: simulation, predictors: predictors, readFile: readFile,
      onPackets: onPackets, tell: { [unowned self] in tell($0, $1) })
    let timeline = TimelineRun(scenario, simulation: simulation) { [unowned world] in
      world.perform($0.action, named: $0.name)
    }
    timeline.mayBegin = { [unowned self, unowned world, unowned timeline] in
      isSteady(world, timeline)
    }
    world.start()
    timeline.start()
    try simulation.run(
      until: .zero + scenario.duration,
      or: { [unowned self] in
        observe(world, timeline)
        reportProgress(world)
        return timeline.isCalledOff
      })
    return finish(world, timeline)
  }

  private func tell(_ who: String, _ text: String) {
    let line = StoryLine(time: simulation.now, who: who, text: text)
    story.append(line)
    onStory(line)
  }

  private func observe(_ world: SimulatedWorld, _ timeline: TimelineRun) {
    guard hasNews else { return }
    hasNews = false
    timeline.observe(world.observations)
    let now = simulation.now
    for index in checks.indices where checks[index].outcome == nil {
      if checks[index].observe(world.observations, timeline.moments, now: now) {
        noteFailure(index)
      }
    }
    for index in columns.indices {
      columns[index].observe(world.observations, timeline.moments, now: now)
    }
  }

  /// Judges what must hold before the timeline begins.
  private func isSteady(_ world: SimulatedWorld, _ timeline: TimelineRun) -> Bool {
    var isSteady = true
    for index in checks.indices
    where checks[index].outcome == nil && checks[index].check.kind == .steady {
      if checks[index].beforeTimeline(
        world.observations, timeline.moments, now: simulation.now)
      {
        noteFailure(index)
        isSteady = false
      }
    }
    return isSteady
  }

  private func noteFailure(_ index: Int) {
    failurePlaces[index] = story.count
    tell("check", "FAILED \(checks[index].check.text)")
  }

  private func finish(_ world: SimulatedWorld, _ timeline: TimelineRun) -> RunResult {
    let now = simulation.now
    for index in checks.indices where checks[index].outcome == nil {
      if checks[index].finish(world.observations, timeline.moments, now: now) {
        noteFailure(index)
      }
    }
    for index in columns.indices {
      columns[index].finish(world.observations, timeline.moments, now: now)
    }
    for check in checks {
      simulation.trace.record(
        "check.outcome", check.check.text, [("holds", .bool(!check.hasFailed))])
    }
    world.stop()
    return RunResult(
      path: scenario.path, name: scenario.name, parameters: scenario.parameters, seed: seed,
      digest: simulation.trace.finish(),
      traceEvents: simulation.trace.count, kernelEvents: simulation.eventCount,
      requests: (world.observations.requestCount, world.observations.answeredCount),
      calls: world.callCount,
      virtualTime: now, checks: checks.indices.map(report), missed: timeline.missed,
      columns: columns.map { ($0.column.heading, $0.text ?? "-") })
  }

  private func report(_ index: Int) -> CheckReport {
    guard let outcome = checks[index].outcome else {
      preconditionFailure("a check without an outcome: \(checks[index].check.text)")
    }
    var around: [StoryLine] = []
    if let place = failurePlaces[index] {
      let first = max(0, place - Self.storyLinesAround.before)
      let last = min(story.count, place + 1 + Self.storyLinesAround.after)
      around = Array(story[first..<last])
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
