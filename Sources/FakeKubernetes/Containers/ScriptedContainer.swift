import KubernetesAPI
package import SimulationKernel

/// How a container behaves that nobody implements: times from the start of its process.
///
/// The keys are those of the kubelet's recordings (`golden/kubelet/README.md`).
package struct ContainerScript: Sendable {
  /// One step of a check: from this time on it holds or not.
  package struct CheckStep: Sendable {
    package var at: Duration
    package var holds: Bool

    package init(at: Duration, holds: Bool) {
      self.at = at
      self.holds = holds
    }
  }

  /// A time span in which a check takes long.
  package struct Slowness: Sendable {
    package var from: Duration
    package var to: Duration
    package var takes: Duration

    package init(from: Duration, to: Duration, takes: Duration) {
      self.from = from
      self.to = to
      self.takes = takes
    }
  }

  /// How one run ends by itself; a nil time: it runs for ever.
  package struct Run: Sendable {
    package var after: Duration?
    package var code: Int

    package init(after: Duration? = nil, code: Int = 0) {
      self.after = after
      self.code = code
    }
  }

  /// A line of the log, so long after the start of the process.
  package struct Line: Sendable {
    package var at: Duration
    package var text: String

    package init(at: Duration, text: String) {
      self.at = at
      self.text = text
    }
  }

  /// HTTP and TCP port, gRPC health on the next one; nil: nothing listens.
  package var port: Int?
  /// When the port begins to accept.
  package var listensAfter: Duration = .zero
  /// Steps of each named check; without an entry it holds, before the first step it does not.
  package var checks: [String: [CheckStep]] = [:]
  package var slow: [String: [Slowness]] = [:]
  /// How each run ends; the last entry repeats, and without any a run lasts for ever.
  package var runs: [Run] = []
  /// From this run on (1-based) all checks hold.
  package var goodFromRun: Int?
  /// On SIGTERM the process ends so much later with `terminationCode`.
  package var terminatesAfter: Duration = .zero
  package var terminationCode = 0
  /// SIGTERM does nothing.
  package var ignoresTerminate = false
  /// Memory taken evenly over a time and kept.
  package var memoryBytes: Int64 = 8 << 20
  package var memoryGrowth: Duration = .zero
  /// Constant CPU use in thousandths of a core.
  package var cpuMilli: Int64 = 1
  /// What the process leaves in `/dev/termination-log`.
  package var terminationMessage: String?
  /// Lines that the process writes to its log.
  package var prints: [Line] = []
  /// Whether the first line of each run is `run N`.
  package var countsRuns = false
  /// Whether the runs are counted in a volume of the pod, mounted at `/state`.
  package var keepsState = false

  package init() {}
}

/// Runs scripts instead of programs.
package final class ScriptedContainerRuntime: ContainerRuntime {
  private let simulation: Simulation
  /// The script of a container, by its context; asked at each start.
  package var script: (ContainerContext) -> ContainerScript
  /// The commands that exist, where not all do; a container with another cannot be started.
  package var commands: Set<String>?
  private var runs: [String: Int] = [:]

  /// A runtime that asks `script` what each container does.
  package init(
    simulation: Simulation,
    script: @escaping (ContainerContext) -> ContainerScript = { _ in ContainerScript() }
  ) {
    self.simulation = simulation
    self.script = script
  }

  /// Folders are there but cannot be run.
  package func startFailure(_ context: ContainerContext) -> String? {
    context.container.command.first == "/etc" ? "permission denied" : nil
  }

  package func start(_ context: ContainerContext) -> (any RunningContainer)? {
    if let commands, let command = context.container.command.first, !commands.contains(command) {
      return nil
    }
    let key = context.podUID + "/" + context.container.name
    let run = (runs[key] ?? 0) + 1
    runs[key] = run
    return ScriptedContainer(
      simulation: simulation, script: script(context), run: run, context: context,
      commands: commands)
  }
}

/// One run of a script.
package final class ScriptedContainer: RunningContainer {
  private let simulation: Simulation
  private let script: ContainerScript
  private let run: Int
  private let context: ContainerContext
  private let commands: Set<String>?
  private let startNanoseconds: Int64
  /// Commands that run inside, which end with it.
  private var executions: [(number: Int, completion: (ProbeAnswer) -> Void)] = []
  private var executionsBegun = 0
  private var timers: [SimulationTimer] = []
  private var hasEnded = false
  /// CPU used up to the last change of `cpuMilli`, nanoseconds.
  private var cpuBase: Int64 = 0
  private var cpuBaseAt: Int64

  /// CPU use in thousandths of a core; may be changed while it runs.
  package var cpuMilli: Int64 {
    willSet {
      cpuBase = cpuNanosecondsUsed
      cpuBaseAt = simulation.now.nanoseconds
    }
  }

  init(
    simulation: Simulation, script: ContainerScript, run: Int, context: ContainerContext,
    commands: Set<String>?
  ) {
    self.commands = commands
    self.simulation = simulation
    self.script = script
    self.run = run
    self.context = context
    startNanoseconds = simulation.now.nanoseconds
    cpuBaseAt = startNanoseconds
    cpuMilli = script.cpuMilli
    schedulePrints()
    scheduleEnd()
    scheduleMemory()
  }

  package func signalTerminate() {
    if script.ignoresTerminate || hasEnded { return }
    timers.append(
      simulation.schedule(after: script.terminatesAfter) { [weak self] in
        guard let self else { return }
        end(ExitStatus(code: script.terminationCode, message: lastWords))
      })
  }

  /// The process writes to `/dev/termination-log`, which is read only if the container says so.
  private var lastWords: String? {
    ["", "/dev/termination-log"].contains(context.container.terminationMessagePath)
      ? script.terminationMessage : nil
  }

  package func kill() { end(ExitStatus(code: ExitStatus.killed)) }

  package var cpuNanosecondsUsed: Int64 {
    cpuBase + (simulation.now.nanoseconds - cpuBaseAt) / 1000 * cpuMilli
  }

  package var memoryBytes: Int64 {
    let base: Int64 = 4 << 20
    let growth = script.memoryGrowth.wholeNanoseconds
    let elapsed = min(simulation.now.nanoseconds - startNanoseconds, growth)
    if growth == 0 { return script.memoryBytes }
    return base + (script.memoryBytes - base) / 1000 * (elapsed / (growth / 1000))
  }

  package func probe(_ check: ProbeCheck, completion: @escaping (ProbeAnswer) -> Void) {
    switch check {
    case .tcpSocket(let port):
      let isThere = isListening(port, offset: 0) || isListening(port, offset: 1)
      completion(isThere ? .success : .refused)
    case .httpGet(let path, let port):
      guard isListening(port, offset: 0) else { return completion(.refused) }
      let name = path.prefix { $0 != "?" }.drop { $0 == "/" }
      answer(named: String(name), completion) { .httpStatus($0 ? 200 : 503) }
    case .grpc(let port, let service):
      guard isListening(port, offset: 1) else { return completion(.refused) }
      answer(named: service, completion) { $0 ? .success : .notServing }
    case .exec(let command):
      execute(command, completion: completion)
    }
  }

  package func execute(_ command: [String], completion: @escaping (ProbeAnswer) -> Void) {
    let program = command.first ?? ""
    if let commands, !commands.contains(program) {
      let cause =
        program == "/etc" ? "permission denied" : "stat \(program): no such file or directory"
      return completion(.notStarted(cause: "exec: \"\(program)\": \(cause)"))
    }
    executionsBegun += 1
    let number = executionsBegun
    executions.append((number, completion))
    let finish = { [weak self] (answer: ProbeAnswer) in
      guard let index = self?.executions.firstIndex(where: { $0.number == number }) else { return }
      self?.executions.remove(at: index).completion(answer)
    }
    if command.count >= 3, command[1] == "probe" {
      let name = command[2]
      answer(named: name, finish) {
        .exited(code: $0 ? 0 : 1, output: $0 ? "" : "\(name) is false\n")
      }
    } else if let sleep = Self.sleep(command) {
      simulation.schedule(after: sleep.time) {
        finish(.exited(code: sleep.code, output: sleep.code == 0 ? "" : "sleep fails\n"))
      }
    } else {
      finish(.exited(code: 127, output: "exec: \(program): not found"))
    }
  }

  /// `PROGRAM sleep SECONDS CODE`; without a code it is 0.
  private static func sleep(_ command: [String]) -> (time: Duration, code: Int)? {
    guard command.count >= 3, command[1] == "sleep", let seconds = Int64(command[2]) else {
      return nil
    }
    return (.seconds(seconds), command.count > 3 ? Int(command[3]) ?? 0 : 0)
  }

  private func isListening(_ port: Int, offset: Int) -> Bool {
    guard let own = script.port, own + offset == port else { return false }
    return elapsed >= script.listensAfter.wholeNanoseconds
  }

  private var elapsed: Int64 { simulation.now.nanoseconds - startNanoseconds }

  private func answer(
    named name: String, _ completion: @escaping (ProbeAnswer) -> Void,
    _ word: @escaping (Bool) -> ProbeAnswer
  ) {
    let began = elapsed
    let isGood = script.goodFromRun.map { run >= $0 } ?? false
    let slowness =
      isGood
      ? nil
      : script.slow[name]?.first {
        $0.from.wholeNanoseconds <= began && began < $0.to.wholeNanoseconds
      }
    guard let slowness else { return completion(word(holds(name))) }
    timers.append(
      simulation.schedule(after: slowness.takes) { [weak self] in
        guard let self else { return }
        completion(word(holds(name)))
      })
  }

  private func holds(_ name: String) -> Bool {
    if let good = script.goodFromRun, run >= good { return true }
    guard let steps = script.checks[name] else { return true }
    let now = elapsed
    return steps.last { $0.at.wholeNanoseconds <= now }?.holds ?? false
  }

  private func schedulePrints() {
    if script.countsRuns { context.log("run \(run)") }
    for line in script.prints {
      timers.append(
        simulation.schedule(after: line.at) { [weak self] in self?.context.log(line.text) })
    }
  }

  private func scheduleEnd() {
    let command = context.container.command + context.container.args
    let asleep = Self.sleep(command).map { ContainerScript.Run(after: $0.time, code: $0.code) }
    let scripted = script.runs.isEmpty ? nil : script.runs[min(run, script.runs.count) - 1]
    guard let plan = asleep ?? scripted, let after = plan.after else { return }
    timers.append(
      simulation.schedule(after: after) { [weak self] in
        guard let self else { return }
        end(ExitStatus(code: plan.code, message: lastWords))
      })
  }

  private func scheduleMemory() {
    let growth = script.memoryGrowth.wholeNanoseconds
    let steps: Int64 = 50
    for step in 0...steps {
      timers.append(
        simulation.schedule(afterNanoseconds: growth * step / steps) { [weak self] in
          guard let self, !hasEnded else { return }
          context.onMemoryGrown(memoryBytes)
        })
      if growth == 0 { return }
    }
  }

  private func end(_ status: ExitStatus) {
    if hasEnded { return }
    hasEnded = true
    for timer in timers { timer.cancel() }
    timers = []
    let killed = executions
    executions = []
    context.onExited(status)
    for one in killed { one.completion(.exited(code: ExitStatus.killed, output: "")) }
  }
}
