import AssignmentStore
import DruckerServing
import FakeKubernetes
import JSON
import ModelStorage
import SimulatedNetwork
import SimulationKernel

/// What runs in the containers of a scenario, and what they find around them.
final class WorkerWorld: ContainerRuntime {
  let simulation: Simulation
  let gitHost: GitHost
  let bootScriptDuration: Duration
  let store: SimulatedAssignmentStore
  let mount: SharedModelMount
  private let evaluations = InMemoryModelMount()
  private let loop: SimulationEventLoop
  private let pods: PodNetwork
  private let scenario: ScenarioFile
  private let predictors: [String: PredictorKind]
  private(set) var containers: [WorkerContainer] = []
  private var growth: [String: PredictorKind.MemoryGrowth] = [:]
  private var toldErrors: Set<String> = []
  private var references: [String: ([Int32]) -> Int32?] = [:]

  /// Takes a sentence of the story.
  let tell: (_ who: String, _ text: String) -> Void
  /// Takes each line that a container logs.
  var onLogLine: (_ line: String, _ service: ServiceReference, _ pod: String) -> Void = {
    _, _, _ in
  }
  /// Takes the model file that answered a request, by the request's id.
  var onPrediction: (_ requestID: String, _ model: String) -> Void = { _, _ in }

  init(
    _ scenario: ScenarioFile, simulation: Simulation, network: PodNetwork,
    predictors: [String: PredictorKind], tell: @escaping (String, String) -> Void
  ) throws {
    self.scenario = scenario
    self.simulation = simulation
    self.predictors = predictors
    self.tell = tell
    pods = network
    loop = SimulationEventLoop(simulation)
    bootScriptDuration = scenario.world.bootScript
    store = SimulatedAssignmentStore(try SQLiteAssignmentStore())
    mount = SharedModelMount(InMemoryModelMount())
    gitHost = GitHost()
    for application in scenario.applications {
      for service in application.services {
        var repository =
          gitHost[service.gitURL]
          ?? GitHost.Repository(branches: [:], cloneDuration: scenario.world.gitClone)
        repository.branches[service.gitBranch] = "0000000"
        gitHost[service.gitURL] = repository
      }
    }
  }

  func start(_ context: ContainerContext) -> (any RunningContainer)? {
    guard
      let host = pods.host(
        podUID: context.podUID, name: context.podName, address: context.podIP,
        node: context.nodeName)
    else { return nil }
    let container = WorkerContainer(context, world: self, host: host)
    containers.append(container)
    return container
  }

  func containerEnded(_ container: WorkerContainer) {
    containers.removeAll { $0 === container }
  }

  /// Ends all containers, as the world is taken to pieces.
  func stop() {
    for container in containers { container.abandon() }
  }

  /// The serving containers of a service, in the order of their starts.
  func serving(_ service: ServiceReference) -> [WorkerContainer] {
    containers.filter { $0.isServing && $0.service == service }
  }

  func nodeCPUMilli(_ node: String) -> Int64 {
    scenario.cluster.nodes.first { $0.name == node }?.cpuMilli ?? 1000
  }

  // MARK: Models

  /// Puts a model on the storage, as if somebody had copied it there before the story.
  func place(_ bytes: [UInt8], application: String, name: String) throws {
    let path = try ModelPath(application: application, file: name)
    try mount.view(node: "").write(path, bytes).result.get()
    note(bytes, application: application, name: name)
  }

  /// Remembers how a model's memory grows.
  func note(_ bytes: [UInt8], application: String, name: String) {
    guard let section = scenario.applications.first(where: { $0.name == application }),
      let kind = predictors[section.predictor]
    else { return }
    growth["\(application)/\(name)"] = kind.memory(bytes)
    references["\(application)/\(name)"] = kind.reference(bytes)
  }

  /// What a model says about an input, worked out beside the servers; nil where nobody knows.
  func reference(_ application: String, model: String) -> (([Int32]) -> Int32?)? {
    references["\(application)/\(model)"]
  }

  func memoryGrowth(_ application: String, model: String) -> PredictorKind.MemoryGrowth {
    growth["\(application)/\(model)"] ?? PredictorKind.MemoryGrowth()
  }

  // MARK: Servers

  /// Makes the model server of a container from the container's environment.
  ///
  /// - Throws: `ServingConfigurationError` that names the variable.
  func makeServer(_ container: WorkerContainer, cpu: SimulatedCPU) throws -> ModelServer {
    let context = container.context
    let configuration = try ServingConfiguration(
      environment: Dictionary(
        context.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
    guard
      let section = scenario.applications.first(where: {
        $0.name == configuration.applicationName
      }), let kind = predictors[section.predictor]
    else {
      throw ServingConfigurationError(
        key: "DRUCKER_APPLICATION_NAME",
        message: "no application \(configuration.applicationName) in the scenario")
    }
    let gate = ContainerCPU(
      cpu, predictNanoseconds: section.predictCPU.wholeNanoseconds,
      loadNanoseconds: section.loadCPU.wholeNanoseconds,
      factor: { [weak container] in container?.cpuFactor ?? 1 })
    var surroundings = ServingSurroundings(
      loop: loop, assignments: store, models: mount.view(node: context.nodeName),
      evaluations: evaluations, log: log(configuration, container), computeGate: gate)
    surroundings.onPrediction = { [weak self] in
      if let requestID = $0.requestID { self?.onPrediction(requestID, $0.modelFile) }
    }
    return ModelServer(
      configuration: configuration, predictor: kind.factory, surroundings: surroundings)
  }

  private func log(
    _ configuration: ServingConfiguration, _ container: WorkerContainer
  ) -> ServingLog {
    // The server has the log, and the container the server: the log must not have the container.
    let (context, service) = (container.context, container.service)
    let name = "\(service) pod \(ClusterWatch.shortName(context.podName))"
    return ServingLog(
      configuration: configuration, host: context.podName,
      wallClock: { [simulation] in
        simulation.epochSeconds * 1_000_000_000 + simulation.now.nanoseconds
      },
      system: { [weak self] line in
        context.log(line)
        self?.onLogLine(line, service, context.podName)
        self?.tellLog(line, of: name, service: service)
      })
  }

  /// Tells what a server logs: what went wrong once a service, or the story would be of nothing
  /// else; that it stops is told by the kubelet.
  private func tellLog(_ line: String, of name: String, service: ServiceReference) {
    guard let parsed = try? JSONValue(parsing: line),
      let message = parsed["short_message"]?.stringValue,
      message != "stopping", message != "stopped"
    else { return }
    let isError = parsed["level"]?.intValue == LogLevel.error.rawValue
    if isError, !toldErrors.insert("\(service) \(message)").inserted { return }
    tell("pod", "\(name): \(message)")
  }
}
