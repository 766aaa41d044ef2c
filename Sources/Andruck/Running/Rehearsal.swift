import DruckerClient
import GRPC
import KubernetesAPI
import Scenario
import SimulationKernel
import YAML

/// A world that is driven step by step: the whole platform of a scenario, in virtual time.
///
/// Nothing happens but in its `run` functions, and in how many steps a story is run never shows: the
/// steps give the digest of the whole. It belongs to the test that made it, and to no other thread.
///
/// ```swift
/// let cluster = try Rehearsal(scenario)
/// try cluster.run(until: "digits/production available >= 3", within: .seconds(120))
/// try cluster.perform(.switchModel("digits/production", to: "digits-v2.model"))
/// try cluster.run(for: .minutes(3))
/// #expect(cluster["digits/production"].servedModel == "digits-v2.model")
/// ```
public final class Rehearsal {
  /// How many sentences of the story an error shows.
  static let storyLinesInErrors = 8

  let scenario: ScenarioFile
  let runner: ScenarioRunner
  let observations: Observations
  private let rerun: String
  /// What was there when the story ended.
  private var atEnd: Objects?
  private var result: ScenarioResult?

  /// Builds the world of a scenario; its time stands at zero.
  ///
  /// - Parameters:
  ///   - scenario: The scenario; of a matrix one of its `runs`.
  ///   - seed: The seed; nil for `Seed.current`, or where there is none the scenario's own.
  ///   - fileID: Where the call stands, for the rerun line.
  /// - Throws: `RehearsalError` for a matrix, and an error for a file that cannot be used.
  public init(
    _ scenario: Scenario, seed: UInt64? = nil, fileID: String = #fileID
  ) throws {
    try Simulation.selfCheck()
    guard let file = scenario.variants.first, scenario.variants.count == 1 else {
      throw RehearsalError(
        code: .matrix,
        message: "\(scenario.variants[0].path): a matrix of \(scenario.variants.count) runs;"
          + " expected one of its runs, such as scenario.runs[0]")
    }
    self.scenario = file
    let chosen = seed ?? Seed.current ?? file.seed
    runner = ScenarioRunner(
      file, seed: chosen, predictors: scenario.predictors, readFile: scenario.readFile)
    runner.keepsLogs = true
    rerun = Seed.rerun(chosen, isGiven: seed != nil, fileID: fileID)
    try runner.start()
    guard let observations = runner.observations else {
      preconditionFailure("a world of \(file.name) without observations")
    }
    self.observations = observations
  }

  deinit { runner.abandon() }

  // MARK: Time

  /// How much time has passed since the start.
  public var now: Duration { runner.now - .zero }

  /// The seed.
  public var seed: UInt64 { runner.seed }

  /// What was told so far.
  public var story: [StorySentence] { runner.story.map(StorySentence.init) }

  /// Lets time pass.
  ///
  /// - Throws: `RehearsalError` if the story ends before; `SimulationError`.
  public func run(for duration: Duration) throws {
    try ensureGoesOn()
    let end = runner.now + duration
    try runner.advance(to: end)
    if runner.now < end { throw ended("\(Units.text(duration)) more") }
  }

  /// Lets time pass until something holds after an event of the simulation.
  ///
  /// ```swift
  /// try cluster.run(until: { $0["digits/production"].available >= 3 }, within: .seconds(120))
  /// ```
  /// - Parameters:
  ///   - holds: Looks at the world.
  ///   - limit: How long to wait, in virtual time.
  /// - Throws: `RehearsalError` with what was seen, if it does not hold in time; what `holds` throws.
  public func run(until holds: (Rehearsal) throws -> Bool, within limit: Duration) throws {
    try ensureGoesOn()
    let begin = runner.now
    if try runner.advance(until: { try holds(self) }, within: limit) { return }
    try missed("the condition", since: begin, limit, seen: services.map { "\($0)" })
  }

  /// Lets time pass until a condition of the scenario language holds after an event.
  ///
  /// - Parameters:
  ///   - condition: Such as `digits/production available >= 3`; counts are from the story's start.
  ///   - limit: How long to wait, in virtual time.
  /// - Throws: `RehearsalError` with what was seen, if it does not hold in time; an error with file
  ///   and line for what the language does not allow.
  public func run(
    until condition: String, within limit: Duration,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) throws {
    try ensureGoesOn()
    let node = Place(file, line, column).scalar(condition)
    let read = try runner.condition(node)
    let begin = runner.now
    guard let seen = try runner.advance(until: read, within: limit) else { return }
    try missed(condition, since: begin, limit, seen: [seen])
  }

  /// Runs what is left of the story and judges its checks.
  ///
  /// - Returns: How it came out; the same again when it is called again.
  /// - Throws: `SimulationError`.
  public func finish() throws -> ScenarioResult {
    if let result { return result }
    try runner.advance(to: runner.end)
    return stop()
  }

  /// Ends the story here and judges its checks as if this were its end.
  @discardableResult
  public func stop() -> ScenarioResult {
    if let result { return result }
    atEnd = Objects(runner)
    var result = runner.finish()
    result.rerun = rerun
    let final = ScenarioResult(result, story: runner.story)
    self.result = final
    return final
  }

  // MARK: Doing

  /// Does what an entry of a timeline does, now.
  ///
  /// - Throws: An error with file and line for what the language does not allow.
  public func perform(_ operation: Scenario.Operation) throws {
    try ensureGoesOn()
    try runner.perform(operation.node)
  }

  /// Begins a fault, which lasts until `end`.
  ///
  /// - Throws: An error with file and line for what the language does not allow.
  public func begin(_ fault: Scenario.Fault) throws { try perform(.fault(fault)) }

  /// Ends a fault that was begun.
  ///
  /// - Throws: An error with file and line for what the language does not allow.
  public func end(_ fault: Scenario.Fault) throws {
    try ensureGoesOn()
    try runner.end(Scenario.Operation.fault(fault).node)
  }

  /// Begins to send requests; a source that does not say from when begins now.
  ///
  /// - Throws: An error with file and line for what the language does not allow.
  public func start(_ traffic: Scenario.Traffic) throws {
    try ensureGoesOn()
    try runner.startTraffic(traffic.node)
  }

  /// Ends a source of traffic by its name; what it has sent is answered.
  ///
  /// - Throws: `RehearsalError` if there is none.
  public func stopTraffic(_ name: String) throws {
    try ensureGoesOn()
    if try runner.stopTraffic(name) { return }
    throw failure(.unknown, "there is no source of traffic \"\(name)\"")
  }

  /// Makes one prediction as a client does, through network and ingress; time passes until it ends.
  ///
  /// It is no part of the traffic, and no check counts it.
  /// - Parameters:
  ///   - service: The service as `application/level`.
  ///   - input: What is predicted from.
  ///   - output: The type of the answer.
  ///   - option: The settings as JSON text, for the predictor.
  ///   - deadline: How long the call may take.
  /// - Throws: `PredictFailure` for a call that failed.
  @discardableResult
  public func predict(
    _ service: String, _ input: PredictInput, as output: PayloadKind = .arrInt,
    option: String = "{}", deadline: Duration = .seconds(1)
  ) throws -> Answer {
    try ensureGoesOn()
    let begin = runner.now
    let reply = try runner.predict(
      try reference(service), DruckerInput(input), as: output, option: option, deadline: deadline)
    switch reply {
    case nil: throw ended("a prediction")
    case .success(let answer): return Answer(answer, latency: runner.now - begin)
    case .failure(let status):
      throw PredictFailure(status: status.code.name, message: status.message)
    }
  }

  /// Makes one prediction from integers; see the other `predict`.
  ///
  /// - Throws: `PredictFailure` for a call that failed.
  @discardableResult
  public func predict(
    _ service: String, _ integers: [Int32], deadline: Duration = .seconds(1)
  ) throws -> Answer {
    try predict(service, .arrInt(integers), deadline: deadline)
  }

  // MARK: Errors

  func reference(_ service: String) throws -> ServiceReference {
    let known = observations.services
    if let found = known.first(where: { $0.description == service }) { return found }
    throw failure(
      .unknown,
      "there is no service \"\(service)\"; expected one of"
        + " \(known.map(\.description).joined(separator: ", "))")
  }

  private func ensureGoesOn() throws {
    if result != nil { throw failure(.ended, "the rehearsal is finished; nothing can happen") }
    if runner.isCalledOff { throw calledOff }
  }

  private var calledOff: RehearsalError {
    failure(.ended, "what must be steady before the timeline was not; the story ended")
  }

  private func ended(_ what: String) -> RehearsalError {
    if runner.isCalledOff { return calledOff }
    return failure(
      .ended,
      "the story ends at \(runner.end) and leaves no time for \(what); expected a longer duration")
  }

  private func missed(
    _ condition: String, since begin: SimulationTime, _ limit: Duration, seen: [String]
  ) throws {
    if runner.isCalledOff { throw calledOff }
    let waited = runner.now - begin
    if waited < limit, runner.now >= runner.end {
      throw failure(
        .ended, "the story ended before this held: \(condition)", seen: seen)
    }
    throw failure(
      .limitPassed, "did not hold within \(Units.text(limit)): \(condition)", seen: seen)
  }

  private func failure(
    _ code: RehearsalError.Code, _ message: String, seen: [String] = []
  ) -> RehearsalError {
    let lines =
      [message]
      + (seen.isEmpty ? [] : ["  seen      \(seen.joined(separator: "\n            "))"])
      + ["  at        \(runner.now), seed \(seed), scenario \"\(scenario.name)\"", "  before it"]
      + runner.story.suffix(Self.storyLinesInErrors).map { "    \(StorySentence($0))" }
      + ["  again     \(rerun)"]
    return RehearsalError(code: code, message: lines.joined(separator: "\n"))
  }

  /// Pods, nodes and events, now or as they were at the end.
  var objects: Objects { atEnd ?? Objects(runner) }
}
