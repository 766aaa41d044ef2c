import DruckerServing
import FakeKubernetes
import ModelStorage
import SimulatedNetwork
import SimulationKernel

/// One container of a Drucker service: it clones its code, runs the boot script, then is a real
/// model server that listens on the simulated network.
final class WorkerContainer: RunningContainer {
  private enum State {
    /// Waits for the clone or the boot script.
    case preparing(SimulationTimer)
    /// Reads its assignment and loads its model.
    case booting(ModelServer)
    /// Accepts connections.
    case serving(ModelServer, SimulatedListener)
    /// Was told to end, and finishes what runs.
    case stopping(ModelServer)
    /// The process has ended.
    case ended
  }

  /// Memory of an idle server process with its interpreter and libraries, in bytes.
  static let idleMemoryBytes: Int64 = 96 << 20
  /// How often growing memory is reported.
  private static let memoryStep = Duration.milliseconds(100)

  let context: ContainerContext
  private unowned let world: WorkerWorld
  private let host: SimulatedHost
  private let cpu: SimulatedCPU
  private var state: State
  private var isUnresponsive = false
  /// How many times as much CPU everything needs at present.
  var cpuFactor = 1
  private(set) var memoryBytes: Int64 = WorkerContainer.idleMemoryBytes

  init(_ context: ContainerContext, world: WorkerWorld, host: SimulatedHost) {
    self.context = context
    self.world = world
    self.host = host
    let nodeCPUMilli = world.nodeCPUMilli(context.nodeName)
    cpu = SimulatedCPU(
      simulation: world.simulation,
      limit: context.cpuLimitMilli.map { .milliCores(Int(min($0, nodeCPUMilli))) }
        ?? .withoutLimit(nodeCores: max(1, Int(nodeCPUMilli / 1000))))
    state = .ended
    clone()
  }

  var cpuNanosecondsUsed: Int64 { cpu.nanosecondsUsed }

  /// The pod's service, application and level, from its labels.
  var service: ServiceReference {
    ServiceReference(application: context.podLabels["app"] ?? "", level: context.namespace)
  }

  var isServing: Bool { if case .serving = state { true } else { false } }

  // MARK: The kubelet's side

  func probe(_ check: ProbeCheck, completion: @escaping (ProbeAnswer) -> Void) {
    switch check {
    case .tcpSocket(let port):
      guard case .serving(_, let listener) = state, !isUnresponsive, listener.port == port else {
        return completion(.refused)
      }
      completion(.success)
    case .grpc(let port, _):
      guard case .serving(_, let listener) = state, !isUnresponsive, listener.port == port else {
        return completion(.refused)
      }
      completion(.success)
    case .httpGet, .exec: completion(.refused)
    }
  }

  /// Lets the process stop to accept connections, or accept them again.
  func setResponsive(_ isResponsive: Bool) {
    guard case .serving(let server, let listener) = state else { return }
    if isResponsive {
      if isUnresponsive, let listener = listen(server, port: listener.port) {
        state = .serving(server, listener)
      }
    } else {
      listener.close()
    }
    isUnresponsive = !isResponsive
  }

  /// Uses CPU for predictions that no call asked for, and says when it is done.
  func compute(nanoseconds: Int64, _ completion: @escaping () -> Void) -> AggregateWork? {
    guard case .serving(let server, _) = state, !isUnresponsive else { return nil }
    let parts = max(1, Int64(cpu.concurrencyMax))
    let work = AggregateWork(model: server.modelFile ?? "", parts: Int(parts), completion)
    for _ in 0..<parts {
      work.add(
        cpu.submit(nanoseconds: nanoseconds * Int64(cpuFactor) / parts) { work.partEnded() },
        on: cpu)
    }
    return work
  }

  func signalTerminate() {
    switch state {
    case .preparing(let timer):
      timer.cancel()
      exit(ExitStatus(code: 143))
    case .booting(let server):
      server.abort()
      exit(ExitStatus(code: 143))
    case .serving(let server, let listener):
      listener.close()
      state = .stopping(server)
      server.shutdown { [weak self] in self?.exit(ExitStatus(code: 0, reason: "Completed")) }
    case .stopping, .ended: break
    }
  }

  func kill() { end() }

  /// The process ends by a fault of its own.
  func crash() {
    if case .ended = state { return }
    world.tell("pod", "\(service) pod \(shortName): the process crashes")
    end()
    context.onExited(ExitStatus(code: 1))
  }

  // MARK: The process's side

  private var shortName: String { ClusterWatch.shortName(context.podName) }

  private func environment(_ name: String) -> String { context.environmentValue(name) ?? "" }

  private func clone() {
    let url = environment("DRUCKER_SERVICE_GIT_URL")
    let branch = environment("DRUCKER_SERVICE_GIT_BRANCH")
    switch world.gitHost.clone(url, branch: branch) {
    case .cloned(_, let duration):
      wait(duration) { [weak self] in self?.runBootScript() }
    case .failed(let message, let exitCode, let duration):
      wait(duration) { [weak self] in
        guard let self else { return }
        let reason = message.split(separator: "\n").last.map(String.init) ?? message
        world.tell("pod", "\(service) pod \(shortName): git clone of \(branch) failed: \(reason)")
        exit(ExitStatus(code: exitCode))
      }
    }
  }

  private func runBootScript() {
    wait(world.bootScriptDuration) { [weak self] in self?.bootServer() }
  }

  private func wait(_ duration: Duration, _ next: @escaping () -> Void) {
    state = .preparing(world.simulation.schedule(after: duration, next))
  }

  private func bootServer() {
    let server: ModelServer
    do {
      server = try world.makeServer(self, cpu: cpu)
    } catch {
      world.tell("pod", "\(service) pod \(shortName): wrong configuration: \(error)")
      return exit(ExitStatus(code: Int(ModelServer.bootFailureExitCode)))
    }
    state = .booting(server)
    server.boot { [weak self] outcome in
      switch outcome {
      case .ready: self?.listen(server)
      case .exit(let code): self?.exit(ExitStatus(code: Int(code)))
      }
    }
  }

  private func listen(_ server: ModelServer) {
    guard case .booting = state else { return }
    let port = server.configuration.port
    guard let listener = listen(server, port: port) else {
      world.tell("pod", "\(service) pod \(shortName): port \(port) is taken")
      return exit(ExitStatus(code: Int(ModelServer.bootFailureExitCode)))
    }
    state = .serving(server, listener)
    growMemory(server)
  }

  private func listen(_ server: ModelServer, port: Int) -> SimulatedListener? {
    host.listen(port: port) { [weak server] stream in
      if let server { server.accept(stream) } else { stream.reset() }
    }
  }

  private func growMemory(_ server: ModelServer) {
    let growth = world.memoryGrowth(service.application, model: server.modelFile ?? "")
    guard growth.bytes > 0 else { return }
    let steps = max(1, growth.duration.wholeNanoseconds / Self.memoryStep.wholeNanoseconds)
    grow(by: growth.bytes / steps, steps: steps)
  }

  private func grow(by bytes: Int64, steps: Int64) {
    world.simulation.schedule(after: Self.memoryStep) { [weak self] in
      guard let self, isServing, steps > 0 else { return }
      memoryBytes += bytes
      grow(by: bytes, steps: steps - 1)
      context.onMemoryGrown(memoryBytes)
    }
  }

  /// The process ends with its world, and nobody is told.
  func abandon() { end() }

  private func exit(_ status: ExitStatus) {
    if case .ended = state { return }
    end()
    context.onExited(status)
  }

  /// The process is gone: its connections break, its work is dropped.
  private func end() {
    switch state {
    case .preparing(let timer): timer.cancel()
    case .booting(let server), .stopping(let server): server.abort()
    case .serving(let server, _): server.abort()
    case .ended: return
    }
    state = .ended
    cpu.stop()
    host.resetAll()
    world.containerEnded(self)
  }
}
