import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel

/// A cluster whose kubelets are scripts: pods run 0.4 s after they are bound and are ready 0.6 s
/// later.
final class ScriptedWorld {
  static let namespace = "default"

  let simulation: Simulation
  let cluster: FakeCluster
  let nodes: ScriptedNodes
  let pods: ScriptedPods
  let metrics: ScriptedMetrics

  /// Makes a world of equal nodes that hold `podsMax` pods each.
  init(nodes count: Int, podsMax: Int = 150, script: PodScript = PodScript(), events: Bool = true)
    throws
  {
    simulation = Simulation(seed: 1)
    var configuration = FakeCluster.Configuration()
    configuration.server.keepsEvents = events
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    nodes = ScriptedNodes(server: cluster.server)
    let broken = Self.brokenScript
    pods = ScriptedPods(server: cluster.server, nodes: nodes) { image in
      image == "broken" ? broken : script
    }
    metrics = ScriptedMetrics(server: cluster.server) { [pods] in pods.ordinal($0) }
    cluster.metrics = metrics
    for number in 0..<count { try nodes.add(Self.node("node-\(number)", podsMax: podsMax)) }
    try simulation.run(for: .seconds(2))
  }

  private static var brokenScript: PodScript {
    var script = PodScript()
    script.ready = nil
    return script
  }

  private static func node(_ name: String, podsMax: Int) -> Node {
    var node = Node()
    node.metadata.name = name
    node.metadata.labels = [
      "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
      "topology.kubernetes.io/zone": "z1", "topology.kubernetes.io/region": "r1",
    ]
    node.status.capacity["cpu"] = Quantity("64")
    node.status.capacity["memory"] = Quantity("256Gi")
    node.status.capacity["pods"] = Quantity(Int64(podsMax))
    return node
  }

  /// Creates a Deployment of pods that ask for 100 millicores; what is said of a strategy replaces
  /// upstream's default of 25 %.
  func deploy(
    _ name: String, replicas: Int, image: String = "v1", maxSurge: String? = nil
  ) throws {
    let pod: JSONValue = [
      "containers": [
        [
          "name": "main", "image": .string(image),
          "resources": ["requests": ["cpu": "100m", "memory": "128Mi"]],
        ]
      ]
    ]
    var spec: JSONValue = [
      "replicas": .integer(Int64(replicas)),
      "selector": ["matchLabels": ["app": .string(name)]],
      "template": ["metadata": ["labels": ["app": .string(name)]], "spec": pod],
    ]
    if let maxSurge {
      spec["strategy"] = [
        "type": "RollingUpdate", "rollingUpdate": ["maxSurge": .string(maxSurge)],
      ]
    }
    let object: JSONValue = [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
      "spec": spec,
    ]
    _ = try cluster.server.create(object, namespace: Self.namespace).get()
  }

  /// Sets the image of a Deployment's container.
  func setImage(_ name: String, _ image: String) throws {
    let containers: JSONValue = [["name": "main", "image": .string(image)]]
    _ = try cluster.server.patch(
      "deployments.apps", namespace: Self.namespace, name: name,
      ["spec": ["template": ["spec": ["containers": containers]]]]
    ).get()
  }

  /// Runs until a condition holds; throws if it does not within the limit of virtual time.
  func run(limit: Duration, until condition: () -> Bool) throws {
    let end = simulation.now + limit
    while !condition() {
      guard simulation.now < end else { throw Overdue(limit: limit) }
      try simulation.run(for: .milliseconds(500))
    }
  }

  /// What the measured part cost the machine and what happened in it.
  func costs(_ count: Int, since start: (cpu: Double, writes: Int64, events: Int)) -> String {
    let cpu = cpuSeconds() - start.cpu
    let writes = cluster.server.version - start.writes
    let events = simulation.eventCount - start.events
    return "\(fixed(cpu, 2)) s of CPU, \(fixed(cpu / Double(count) * 1e6, 1)) us,"
      + " \(fixed(Double(writes) / Double(count), 1)) writes and"
      + " \(fixed(Double(events) / Double(count), 1)) events a pod"
  }

  /// The start of the trace's digest, which a change for speed alone leaves as it is.
  var digest: String { ", digest \(simulation.trace.finish().prefix(12))" }

  /// Where the counters stand.
  var counters: (cpu: Double, writes: Int64, events: Int) {
    (cpuSeconds(), cluster.server.version, simulation.eventCount)
  }

  func deployment(_ name: String) -> Deployment? {
    cluster.server.find(Deployment.self, Self.namespace, name)
  }

  /// Whether a Deployment has so many pods, all new, ready and the only ones.
  func isComplete(_ name: String, _ replicas: Int) -> Bool {
    guard let deployment = deployment(name) else { return false }
    let status = deployment.status
    return status.observedGeneration == deployment.metadata.generation
      && status.replicas == replicas && status.updatedReplicas == replicas
      && status.availableReplicas == replicas
  }
}

/// A measured world did not get where it should.
struct Overdue: Error, CustomStringConvertible {
  let limit: Duration

  var description: String { "not done after \(limit) of virtual time" }
}
