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
  let scenario: ScenarioFile
  let simulation: Simulation
  let tell: (_ who: String, _ text: String) -> Void
  let cluster: FakeCluster
  let workers: WorkerWorld
  let network: WorldNetwork
  let registry: ImageRegistry
  let nodes: WorldNodes
  private let watch: ClusterWatch
  private let routes: IngressRoutes
  let operations: Operator
  let kubectl: Kubectl
  /// The containers that a fault has befallen, by its words.
  var afflicted: [String: [WorkerContainer]] = [:]
  private var traffic: [(name: String, source: any TrafficSending)] = []
  /// Predictions that somebody makes by hand.
  let direct: DirectCalls
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
    observations = Observations(
      services: services, logTexts: scenario.logTexts, now: { simulation.now })
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
    kubectl = Kubectl(cluster.server, simulation: simulation, tell: tell)
    direct = DirectCalls(
      simulation: simulation, network: network, domain: scenario.cluster.domain)
    let pods = network.pods
    podRemovals = cluster.server.observe(Pod.self) { change in
      if change.kind == .deleted { pods.remove(podUID: change.object.metadata.uid) }
    }
    try placeModels(readFile)
    try makeTraffic(readFile)
  }

  /// What a world consists of, itself first.
  var parts: [AnyObject] {
    [
      self, observations, cluster, cluster.server, workers, network, network.network, registry,
      nodes, watch, routes, operations, kubectl, direct,
    ] + traffic.map(\.source)
  }

  /// gRPC calls that were made: by traffic and by the dashboard.
  var callCount: Int {
    operations.callCount + direct.callCount + traffic.reduce(0) { $0 + $1.source.callCount }
  }

  /// The operator deploys what the timeline does not deploy later; traffic starts.
  func start() {
    let deployedLater = scenario.timeline.compactMap { entry -> ServiceReference? in
      if case .deploy(let service) = entry.action { service } else { nil }
    }
    simulation.schedule(after: Self.clusterStart) { [weak self] in
      guard let self else { return }
      for service in observations.services where !deployedLater.contains(service) {
        deploy(service)
      }
    }
    for (_, source) in traffic { source.start() }
  }

  /// The operator adds a service; its budget comes with it.
  func deploy(_ service: ServiceReference) {
    operations.deploy(service)
    if let budget = scenario.service(service)?.budget {
      kubectl.limitEvictions(of: service, budget)
    }
  }

  /// Ends what would hold on to the world.
  func stop() {
    workers.stop()
    network.stop()
  }

  private func placeModels(_ readFile: (String) -> [UInt8]?) throws {
    for application in scenario.applications {
      for model in application.models {
        let bytes = try scenario.read(model.file, readFile)
        try workers.place(bytes, application: application.name, name: model.name)
      }
    }
    for entry in scenario.timeline { try prepare(entry.action, readFile) }
  }

  /// Reads the files that an action needs.
  ///
  /// - Throws: `ScenarioFileError` if one cannot be read.
  func prepare(_ action: Action, _ readFile: (String) -> [UInt8]?) throws {
    switch action {
    case .upload(let application, let model, let file):
      let bytes = try scenario.read(file, readFile)
      operations.files[file] = bytes
      workers.note(bytes, application: application, name: model)
    case .evaluate(_, _, let file):
      operations.files[file] = try scenario.read(file, readFile)
    default: break
    }
  }

  private func makeTraffic(_ readFile: (String) -> [UInt8]?) throws {
    for section in scenario.traffic {
      traffic.append((section.name, try makeSource(section, readFile)))
    }
    workers.onPrediction = { [weak self] requestID, model in
      guard let self else { return }
      direct.answered(requestID, by: model)
      for (_, source) in traffic { source.answered(requestID, by: model) }
    }
    workers.onLogLine = { [observations] in observations.logged($0, by: $1, pod: $2) }
  }

  /// Makes a source of traffic, which sends nothing yet.
  ///
  /// - Throws: `ScenarioFileError` for a file that cannot be used.
  func makeSource(
    _ section: TrafficSection, _ readFile: (String) -> [UInt8]?
  ) throws -> any TrafficSending {
    let inputs: TrafficInputs
    switch section.payload {
    case .file(let path):
      inputs = .rows(try LabelledInputs(try scenario.read(path, readFile), path: path).rows)
    case .generated(let length, let values):
      inputs = .generated(length: length, values: values)
    }
    if let interval = section.aggregate {
      return AggregateSource(
        section, interval: interval, scenario: scenario, simulation: simulation,
        observations: observations, workers: workers)
    }
    var times: [Int64] = []
    if case .replay(let path) = section.load {
      times = try ReplayTimes.read(try scenario.read(path, readFile), path: path)
    }
    return TrafficSource(
      section, scenario: scenario, simulation: simulation, network: network,
      observations: observations, inputs: inputs, times: times,
      reference: { [workers] in
        workers.reference(section.target.application, model: $0)
      })
  }

  /// Starts one more source of traffic.
  func add(_ source: any TrafficSending, named name: String) {
    traffic.append((name, source))
    source.start()
  }

  /// Whether there is a source of traffic of this name.
  func hasTraffic(_ name: String) -> Bool { traffic.contains { $0.name == name } }

  /// Ends a source of traffic.
  func stopTraffic(_ name: String) {
    for (_, source) in traffic.filter({ $0.name == name }) { source.stop() }
  }
}

extension ScenarioFile {
  /// The bytes of a file that the scenario names.
  ///
  /// - Throws: `ScenarioFileError` if it cannot be read.
  func read(_ file: String, _ readFile: (String) -> [UInt8]?) throws -> [UInt8] {
    guard let bytes = readFile(file) else {
      throw ScenarioFileError(message: "\(path): \(file) cannot be read")
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

extension ScenarioFile {
  /// The texts whose lines in logs are counted, as some condition asks for them.
  var logTexts: [String] {
    var metrics = checks.map(\.condition.metric) + columns.map(\.measure.metric)
    for entry in timeline {
      if case .when(let condition, _) = entry.trigger { metrics.append(condition.metric) }
    }
    var texts: [String] = []
    for metric in metrics {
      if case .logLines(let text) = metric, !texts.contains(text) { texts.append(text) }
    }
    return texts
  }
}
