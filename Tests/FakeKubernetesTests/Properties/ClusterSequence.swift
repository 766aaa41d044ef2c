import JSON
import KubernetesAPI
import SimulationKernel

@testable import FakeKubernetes

/// A cluster to which things happen at random, first in confusion, then in peace.
///
/// All that happens follows from the seed. `ClusterInvariants` looks on after every write.
final class ClusterSequence {
  static let namespace = "default"
  /// Images whose pods get and stay ready.
  private static let goodImages = ["good-a", "good-b", "good-c"]
  private static let badImages = ["slow", "never", "crash", "crash-later", "flap", "pull"]
  private static let names = ["web", "api", "batch"]

  let simulation: Simulation
  let cluster: FakeCluster
  let invariants: ClusterInvariants
  /// What was done, for the message of a failure.
  private(set) var log: [String] = []
  private let nodes: ScriptedNodes
  private let pods: ScriptedPods
  private let random: RandomStream
  private var nodeNames: [String] = []
  private var nodeCount = 0

  init(seed: UInt64) throws {
    simulation = Simulation(seed: seed)
    random = RandomStream(seed: seed, name: "sequence")
    var configuration = FakeCluster.Configuration()
    configuration.server.tracesWrites = false
    configuration.nodeLifecycle.gracePeriod = .seconds(20)
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    invariants = try ClusterInvariants(cluster.server)
    nodes = ScriptedNodes(server: cluster.server)
    pods = ScriptedPods(server: cluster.server, nodes: nodes, script: Self.script)
  }

  private static func script(_ image: String) -> PodScript {
    var script = PodScript()
    switch image {
    case "slow": script.ready = .seconds(9)
    case "never": script.ready = nil
    case "crash": script.crashAfter = .seconds(2)
    case "crash-later":
      script.crashAfter = .seconds(25)
      script.crashes = 2
    case "flap":
      script.flaps = [
        .init(after: .seconds(15), isReady: false), .init(after: .seconds(20), isReady: true),
      ]
    case "pull": script.pullError = true
    default: break
    }
    return script
  }

  /// Runs all of it; returns what did not hold.
  func run() throws -> [String] {
    for _ in 0..<(2 + random.integer(below: 4)) { addNode() }
    for name in Self.names.prefix(1 + random.integer(below: 3)) { deploy(name) }
    for _ in 0..<(5 + random.integer(below: 20)) {
      try simulation.run(for: random.duration(in: .milliseconds(1)...(.seconds(20))))
      act()
    }
    try simulation.run(for: .seconds(10))
    calm()
    try simulation.run(for: .seconds(900))
    invariants.expectRest()
    try simulation.run(for: .seconds(120))
    invariants.checkAtRest()
    return invariants.failures
  }

  private func note(_ text: String) { log.append("\(simulation.now) \(text)") }

  private func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[random.integer(below: elements.count)]
  }

  private var deployments: [Deployment] { cluster.server.list(Deployment.self) }

  private func act() {
    switch random.integer(below: 20) {
    case 0...4: change("image") { [self] in $0.image = anyImage() }
    case 5, 6: change("size") { [self] in $0.spec.replicas = random.integer(below: 7) }
    case 7: change("pause") { $0.spec.paused.toggle() }
    case 8: change("strategy") { [self] in setStrategy(&$0) }
    case 9, 10: deletePod()
    case 11: relabelPod()
    case 12: setNode(alive: false)
    case 13: setNode(alive: true)
    case 14: cordon()
    case 15: random.chance(0.5) ? addNode() : removeNode()
    case 16: disturb()
    case 17: deleteDeployment()
    case 18: deleteReplicaSet()
    default: if let name = pick(Self.names) { deploy(name) }
    }
  }

  private func anyImage() -> String {
    (random.chance(0.7) ? pick(Self.goodImages) : pick(Self.badImages)) ?? "good-a"
  }

  // MARK: - Deployments

  private func deploy(_ name: String) {
    var deployment = Deployment()
    deployment.metadata.name = name
    deployment.metadata.namespace = Self.namespace
    deployment.spec.replicas = 1 + random.integer(below: 6)
    deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
    deployment.spec.template.metadata.labels = ["app": name]
    deployment.spec.minReadySeconds = random.chance(0.3) ? 5 : 0
    deployment.spec.progressDeadlineSeconds = 60
    var container = Container()
    container.name = "main"
    container.image = anyImage()
    container.resources.requests = ["cpu": Quantity(milli: 500)]
    deployment.spec.template.spec.containers = [container]
    setStrategy(&deployment)
    // There may be one of that name: then nothing happens.
    if (try? cluster.server.create(deployment)) != nil { note("deploy \(name)") }
    var service = Service()
    service.metadata.name = name
    service.metadata.namespace = Self.namespace
    service.spec.selector = ["app": name]
    service.spec.ports = [ServicePort()]
    service.spec.ports[0].port = 80
    _ = try? cluster.server.create(service)
  }

  private func setStrategy(_ deployment: inout Deployment) {
    deployment.spec.strategy = DeploymentStrategy()
    if random.chance(0.15) {
      deployment.spec.strategy.type = "Recreate"
      return
    }
    let surge = random.integer(below: 3)
    let unavailable = surge == 0 ? 1 + random.integer(below: 2) : random.integer(below: 3)
    deployment.spec.strategy.type = "RollingUpdate"
    deployment.spec.strategy.rollingUpdate = RollingUpdate()
    deployment.spec.strategy.rollingUpdate?.maxSurge = .int(surge)
    deployment.spec.strategy.rollingUpdate?.maxUnavailable = .int(unavailable)
  }

  private func change(_ what: String, _ body: (inout Deployment) -> Void) {
    guard let deployment = pick(deployments) else { return }
    let name = deployment.metadata.name
    let changed = try? cluster.server.modify(Deployment.self, Self.namespace, name, body)
    if let changed {
      note("\(what) \(name): \(changed.spec.replicas ?? 0) of \(changed.image)")
    }
  }

  private func deleteDeployment() {
    guard random.chance(0.5), let deployment = pick(deployments) else { return }
    let policy = pick([PropagationPolicy.background, .foreground, .orphan])
    note("delete \(deployment.metadata.name), \(policy.map { "\($0)" } ?? "")")
    _ = try? cluster.server.delete(
      Deployment.self, Self.namespace, deployment.metadata.name,
      options: DeleteOptions(propagationPolicy: policy))
  }

  private func deleteReplicaSet() {
    guard let replicaSet = pick(cluster.server.list(ReplicaSet.self)) else { return }
    let policy = pick([PropagationPolicy.background, .foreground, .orphan])
    note("delete \(replicaSet.metadata.name), \(policy.map { "\($0)" } ?? "")")
    invariants.disturbAll()
    _ = try? cluster.server.delete(
      ReplicaSet.self, Self.namespace, replicaSet.metadata.name,
      options: DeleteOptions(propagationPolicy: policy))
  }

  // MARK: - Pods

  private func deletePod() {
    guard let pod = pick(cluster.server.list(Pod.self)) else { return }
    note("delete \(pod.metadata.name)")
    invariants.disturbAvailability()
    _ = try? cluster.server.delete(Pod.self, Self.namespace, pod.metadata.name)
  }

  private func relabelPod() {
    guard let pod = pick(cluster.server.list(Pod.self)) else { return }
    note("relabel \(pod.metadata.name)")
    invariants.disturbAll()
    _ = try? cluster.server.modify(Pod.self, Self.namespace, pod.metadata.name) {
      $0.metadata.labels["app"] = "quarantine"
    }
  }

  // MARK: - Nodes

  private func addNode() {
    nodeCount += 1
    let name = "n\(nodeCount)"
    var node = Node()
    node.metadata.name = name
    node.metadata.labels = ["kubernetes.io/hostname": name]
    node.status.capacity["cpu"] = Quantity(4)
    node.status.capacity["memory"] = Quantity("16Gi")
    node.status.capacity["pods"] = Quantity(Int64(6 + random.integer(below: 6)))
    guard (try? nodes.add(node)) != nil else { return }
    note("add \(name)")
    nodeNames.append(name)
  }

  private func removeNode() {
    guard nodeNames.count > 2, let name = pick(nodeNames) else { return }
    note("delete \(name)")
    invariants.disturbAvailability()
    if (try? nodes.remove(name)) != nil { nodeNames.removeAll { $0 == name } }
  }

  private func setNode(alive: Bool) {
    guard let name = pick(nodeNames) else { return }
    note("\(name) \(alive ? "returns" : "dies")")
    if !alive { invariants.disturbAvailability() }
    nodes.setAlive(name, alive)
  }

  private func cordon() {
    guard let name = pick(nodeNames) else { return }
    note("cordon or uncordon \(name)")
    _ = try? cluster.server.modify(Node.self, "", name) { $0.spec.unschedulable.toggle() }
  }

  // MARK: - The API server

  private func disturb() {
    let faults = cluster.server.faults
    let kind = random.integer(below: 3)
    note(["watches cut", "slow API", "API errors"][kind])
    switch kind {
    case 0: faults.areWatchesCut = true
    case 1: faults.latency = .seconds(1)
    default: faults.errorRate = 0.3
    }
    // A ReplicaSet whose deletions are refused or wait has more pods than it should, while the next
    // one grows: upstream counts what the ReplicaSets want (`rolling.go` NewRSNewReplicas).
    if kind > 0 { invariants.disturbAll() }
    simulation.schedule(after: random.duration(in: .seconds(1)...(.seconds(30)))) { [weak self] in
      self?.endFaults()
    }
  }

  private func endFaults() {
    let faults = cluster.server.faults
    if faults.errorRate > 0 || faults.latency > .zero { invariants.disturbAll() }
    faults.areWatchesCut = false
    faults.latency = .zero
    faults.errorRate = 0
  }

  /// Ends all faults and asks for what can be had.
  private func calm() {
    note("peace")
    endFaults()
    let server = cluster.server
    for name in nodeNames {
      nodes.setAlive(name, true)
      _ = try? server.modify(Node.self, "", name) { $0.spec.unschedulable = false }
    }
    while nodeNames.count < 3 { addNode() }
    for replicaSet in server.list(ReplicaSet.self) where replicaSet.metadata.controller == nil {
      _ = try? server.delete(ReplicaSet.self, Self.namespace, replicaSet.metadata.name)
    }
    for pod in server.list(Pod.self) where pod.metadata.controller == nil {
      _ = try? server.delete(Pod.self, Self.namespace, pod.metadata.name)
    }
    for deployment in deployments {
      _ = try? server.modify(Deployment.self, Self.namespace, deployment.metadata.name) {
        $0.spec.paused = false
        $0.spec.replicas = min(3, $0.spec.replicas ?? 1)
        $0.image = "good-a"
      }
    }
  }
}

extension Deployment {
  /// The image of the only container.
  fileprivate var image: String {
    get { spec.template.spec.content.value.containers[0].image }
    set { spec.template.spec.containers[0].image = newValue }
  }
}
