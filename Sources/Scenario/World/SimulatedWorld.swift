import AssignmentStore
import DruckerDashboard
import FakeKubernetes
import KubernetesAPI
import ModelStorage
import SimulatedNetwork
import SimulationKernel

/// Everything of a scenario, put together: cluster, network, storage, dashboard, traffic.
final class SimulatedWorld {
  /// How long after the machines are switched on the operator comes; by then they are Ready.
  static let clusterStart = Duration.seconds(2)
  /// How long a writer waits for the assignment store's lock (SQLite's usual busy time-out).
  static let lockWait = Duration.seconds(5)

  let observations: Observations
  private let scenario: ScenarioFile
  private let simulation: Simulation
  private let tell: (_ who: String, _ text: String) -> Void
  private let cluster: FakeCluster
  private let workers: WorkerWorld
  private let network: WorldNetwork
  private let registry: ImageRegistry
  private let nodes: WorldNodes
  private let watch: ClusterWatch
  private let routes: IngressRoutes
  private let operations: Operator
  private var traffic: [TrafficSource] = []
  private var podRemovals: Observation?

  init(
    _ scenario: ScenarioFile, simulation: Simulation, predictors: [String: PredictorKind],
    readFile: (String) -> [UInt8]?, onPackets: (([UInt8]) -> Void)?,
    tell: @escaping (_ who: String, _ text: String) -> Void
  ) throws {
    self.scenario = scenario
    self.simulation = simulation
    self.tell = tell
    let services = scenario.applications.flatMap { application in
      application.services.map {
        ServiceReference(application: application.name, level: $0.level)
      }
    }
    observations = Observations(services: services)
    network = WorldNetwork(scenario, simulation: simulation, onPackets: onPackets)
    workers = try WorkerWorld(
      scenario, simulation: simulation, network: network.pods, predictors: predictors, tell: tell)
    registry = ImageRegistry(
      unlistedImage: ImageRegistry.Image(pullDuration: scenario.world.imagePull))
    cluster = FakeCluster(simulation: simulation)
    watch = ClusterWatch(server: cluster.server, observations: observations, tell: tell)
    nodes = WorldNodes(scenario, cluster: cluster, registry: registry, workers: workers)
    routes = IngressRoutes(server: cluster.server) { [network] in network.route($0) }
    operations = try Operator(
      scenario, simulation: simulation, cluster: cluster, network: network,
      observations: observations, tell: tell)
    let pods = network.pods
    podRemovals = cluster.server.observe(Pod.resource) { change in
      if change.kind == .deleted { pods.remove(podUID: change.object.metadata.uid) }
    }
    try placeModels(readFile)
    try makeTraffic(readFile)
  }

  /// gRPC calls that were made: by traffic and by the dashboard.
  var callCount: Int { operations.callCount + traffic.reduce(0) { $0 + $1.callCount } }

  /// The operator deploys what the timeline does not deploy later; traffic starts.
  func start() {
    let deployedLater = scenario.timeline.compactMap { entry -> ServiceReference? in
      if case .deploy(let service) = entry.action { service } else { nil }
    }
    simulation.schedule(after: Self.clusterStart) { [weak self] in
      guard let self else { return }
      for service in observations.services where !deployedLater.contains(service) {
        operations.deploy(service)
      }
    }
    for source in traffic { source.start() }
  }

  /// Ends what would hold on to the world.
  func stop() { network.stop() }

  /// Makes an entry of the timeline happen.
  func perform(_ action: Action, named name: String) {
    switch action {
    case .switchModel(let service, let model): operations.switchModel(service, to: model)
    case .deploy(let service): operations.deploy(service)
    case .edit(let service, let edit): operations.edit(service, edit)
    case .deleteService(let service): operations.delete(service)
    case .upload(let application, let model, let file):
      operations.upload(application, model: model, file: file)
    case .crash(let service, let count):
      for container in workers.serving(service).prefix(count) { container.crash() }
    case .deletePods(let service, let count): deletePods(service, count)
    case .nodeDown(let name):
      tell("machine", "\(name) loses power")
      network.pods.nodeDied(name)
      nodes.die(name)
    case .nodeUp(let name):
      tell("machine", "\(name) boots")
      nodes.start(name)
    case .fault(let fault, let lasts):
      set(fault, true)
      if let lasts {
        simulation.schedule(after: lasts) { [weak self] in self?.set(fault, false) }
      }
    }
  }

  private func deletePods(_ service: ServiceReference, _ count: Int) {
    let pods = cluster.server.list(Pod.self, namespace: service.level)
      .filter { $0.metadata.labels["app"] == service.application && $0.isActive }
    for pod in pods.prefix(count) {
      tell("operator", "\(service): deletes pod \(ClusterWatch.shortName(pod.metadata.name))")
      let result = cluster.server.delete(
        "Pod", namespace: pod.metadata.namespace, name: pod.metadata.name,
        options: DeleteOptions())
      if case .failure(let error) = result { tell("cluster", "\(error.message)") }
    }
  }

  private func set(_ fault: Fault, _ isOn: Bool) {
    tell("fault", "\(fault.words) \(isOn ? "begins" : "ends")")
    switch fault {
    case .storageNotMounted(let node):
      nodes.setStorageMounted(!isOn, on: node)
      if isOn {
        workers.mount.faults.notMountedNodes.insert(node)
      } else {
        workers.mount.faults.notMountedNodes.remove(node)
      }
    case .storageSlow(let delay): workers.mount.faults.delay = isOn ? delay : .zero
    case .registryDown: registry.isDown = isOn
    case .gitDown: workers.gitHost.isDown = isOn
    case .storeUnavailable: workers.store.fault = isOn ? .unavailable : nil
    case .storeLocked: workers.store.fault = isOn ? .locked(waited: Self.lockWait) : nil
    case .partition(let node):
      if isOn {
        network.network.partition(between: node, and: "*")
        nodes.cutOff(node)
      } else {
        network.network.heal(between: node, and: "*")
        nodes.start(node)
      }
    }
  }

  private func placeModels(_ readFile: (String) -> [UInt8]?) throws {
    for application in scenario.applications {
      for model in application.models {
        let bytes = try scenario.read(model.file, readFile)
        try workers.place(bytes, application: application.name, name: model.name)
      }
    }
    for entry in scenario.timeline {
      guard case .upload(let application, let model, let file) = entry.action else { continue }
      let bytes = try scenario.read(file, readFile)
      operations.files[file] = bytes
      workers.note(bytes, application: application, name: model)
    }
  }

  private func makeTraffic(_ readFile: (String) -> [UInt8]?) throws {
    for section in scenario.traffic {
      let payload = try scenario.read(section.payloadFile, readFile)
      traffic.append(
        try TrafficSource(
          section, scenario: scenario, simulation: simulation, network: network,
          observations: observations, payload: payload,
          reference: { [workers] in
            workers.reference(section.target.application, model: $0)
          }))
    }
    workers.onPrediction = { [weak self] requestID, model in
      guard let self else { return }
      for source in traffic { source.answered(requestID, by: model) }
    }
  }
}

extension ScenarioFile {
  /// The bytes of a file that the scenario names.
  ///
  /// - Throws: `ScenarioFileError` if it cannot be read.
  func read(_ file: String, _ readFile: (String) -> [UInt8]?) throws -> [UInt8] {
    guard let bytes = readFile(resolve(file)) else {
      throw ScenarioFileError(message: "\(path): \(resolve(file)) cannot be read")
    }
    return bytes
  }
}

/// A file of a scenario that cannot be used.
package struct ScenarioFileError: Error, CustomStringConvertible {
  let message: String

  /// The file and what is wrong with it.
  package var description: String { message }
}

extension Fault {
  /// The fault in words.
  var words: String {
    switch self {
    case .storageNotMounted(let node): "storage not mounted on \(node)"
    case .storageSlow(let delay): "storage slow by \(Units.text(delay))"
    case .registryDown: "registry down"
    case .gitDown: "git host down"
    case .storeUnavailable: "assignment store unavailable"
    case .storeLocked: "assignment store locked"
    case .partition(let node): "network partition around \(node)"
    }
  }
}
