package import DruckerClient
package import DruckerProtocol
import FakeKubernetes
package import GRPC
package import KubernetesAPI
import SimulationKernel
package import YAML

/// What whoever drives a story does beside its timeline; each is an event of the simulation, and
/// what the language says of it holds here, too.
extension ScenarioRunner {
  /// Makes an entry of the timeline happen now, written without a trigger.
  ///
  /// - Returns: The entry's name.
  /// - Throws: `YAMLError` for what the language does not allow, `ScenarioFileError` for a file
  ///   that cannot be read.
  @discardableResult
  package func perform(_ node: YAMLNode) throws -> String {
    let entry = try entry(node)
    guard let world = running else { return entry.name }
    try world.prepare(entry.action, readFile)
    try happen {
      self.simulation.trace.record("timeline.entry", entry.name)
      world.perform(entry.action, named: entry.name)
    }
    return entry.name
  }

  /// Ends a fault that an entry began, written as the entry was.
  ///
  /// - Throws: `YAMLError` for what the language does not allow.
  package func end(_ node: YAMLNode) throws {
    let entry = try entry(node)
    guard case .fault(let fault, _) = entry.action, let world = running else { return }
    try happen {
      self.simulation.trace.record("fault.ended", fault.words)
      world.end(fault)
    }
  }

  private func entry(_ node: YAMLNode) throws -> TimelineEntry {
    let file = node.file ?? scenario.path
    let record = try Record(
      node.adding("at", "\(simulation.now.nanoseconds)ns"), .entry, file: file)
    var known = self.known
    let entry = try TimelineReader(file: file).entry(record, number: known.timeline.count + 1)
    known.timeline.append(entry)
    try validate(known)
    self.known = known
    return entry
  }

  /// Begins to send requests as a source of traffic says; one that does not say when begins now.
  ///
  /// - Throws: `YAMLError` for what the language does not allow.
  package func startTraffic(_ node: YAMLNode) throws {
    let file = node.file ?? scenario.path
    let now = simulation.now.nanoseconds
    let begun = node["from"] == nil ? node.adding("from", "\(now)ns") : node
    let reader = TrafficReader(
      file: file, phases: scenario.phases, storyEnd: scenario.duration)
    let section = try reader.source(Record(begun, .traffic, file: file))
    if section.from.wholeNanoseconds < now {
      throw node.error("from: expected a moment that has not passed, \(simulation.now)", file: file)
    }
    var known = self.known
    known.traffic.append(section)
    try validate(known)
    self.known = known
    guard let world = running else { return }
    let source = try world.makeSource(section, readFile)
    try happen {
      self.simulation.trace.record("traffic.started", section.name)
      world.add(source, named: section.name)
    }
  }

  /// Ends a source of traffic; what it has sent is answered.
  ///
  /// - Returns: Whether there is such a source.
  package func stopTraffic(_ name: String) throws -> Bool {
    guard let world = running, world.hasTraffic(name) else { return false }
    try happen {
      self.simulation.trace.record("traffic.stopped", name)
      world.stopTraffic(name)
    }
    return true
  }

  /// Lets something happen now, as an event of the simulation.
  private func happen(_ body: @escaping () -> Void) throws {
    var hasHappened = false
    simulation.schedule(after: .zero) {
      body()
      hasHappened = true
    }
    try advance(until: { hasHappened }, within: .zero)
  }

  /// Reads a condition such as `digits/production available >= 3`.
  ///
  /// - Throws: `YAMLError` for what the language does not allow, and for what is known only over a
  ///   window.
  package func condition(_ node: YAMLNode) throws -> Condition {
    let file = node.file ?? scenario.path
    let condition = try MomentReader(file: file).condition(node)
    guard condition.metric.isAtEveryInstant else {
      throw node.error(
        "\(condition.metric.words) is known only over a window; expected a state or a count",
        file: file)
    }
    let location = SourceLocation(node)
    var known = self.known
    known.checks.append(
      Check(
        kind: .atEnd, condition: condition,
        from: Moment(entry: nil, offset: .zero, location: location), until: nil, within: nil,
        text: condition.text, location: location))
    try validate(known)
    if case .logLines(let text) = condition.metric { running?.observations.follow(text) }
    return condition
  }

  /// Lets the story go on until a condition holds, at most for a while.
  ///
  /// - Returns: Nil once it holds, else what was seen in the end.
  /// - Throws: `SimulationError`.
  package func advance(until condition: Condition, within limit: Duration) throws -> String? {
    guard let world = running else { return "nothing" }
    var window = Window(condition.measure, from: .zero, world.observations, now: now)
    var seen = ""
    let holds = try advance(
      until: {
        let observed = window.look(world.observations, until: nil, now: self.now)
        seen = observed.text
        return condition.holds(observed)
      }, within: limit)
    return holds ? nil : seen
  }

  /// Makes one prediction from the clients' host, through the ingress, and waits for its end.
  ///
  /// - Returns: The answer with the model that gave it; nil if the story ended before.
  package func predict(
    _ service: ServiceReference, _ input: DruckerInput, as output: PayloadKind,
    option: String, deadline: Duration
  ) throws -> Result<DirectAnswer, GRPCStatus>? {
    guard let world = running else { return nil }
    var answer: Result<DirectAnswer, GRPCStatus>?
    try happen {
      world.direct.predict(service, input, as: output, option: option, deadline: deadline) {
        answer = $0
      }
    }
    try advance(until: { answer != nil }, within: deadline + .seconds(1))
    return answer
  }

  private func validate(_ known: ScenarioFile) throws {
    try ScenarioValidator(
      scenario: known, predictors: predictors.keys.sorted(),
      fileExists: { [readFile] in readFile($0) != nil }
    ).validate()
  }

  private var running: SimulatedWorld? { world }
}

/// What whoever drives a story may look at.
extension ScenarioRunner {
  /// What checks look at; nil before the start and after the end.
  package var observations: Observations? { world?.observations }

  /// Every object of a kind, by namespace and name.
  package func objects<Object: KubernetesObject>(_ type: Object.Type) -> [Object] {
    world?.cluster.server.list(type) ?? []
  }
}

extension YAMLNode {
  /// The mapping with one more key.
  func adding(_ key: String, _ text: String) -> YAMLNode {
    func scalar(_ text: String) -> YAMLNode {
      var node = YAMLNode(.scalar(text, quoted: false), line: line, column: column)
      node.file = file
      return node
    }
    var node = self
    node.value = .mapping((mapping ?? []) + [(key: scalar(key), value: scalar(text))])
    return node
  }
}
