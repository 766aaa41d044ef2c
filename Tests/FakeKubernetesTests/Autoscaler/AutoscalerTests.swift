import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// A cluster of two nodes with a Deployment `web` of 2 pods (request 200m) and its autoscaler.
private final class AutoscaledWorld {
  let simulation = Simulation(seed: 3)
  let cluster: FakeCluster
  let nodes: FakeNodes
  /// CPU of each container in thousandths of a core.
  var cpuMilli: Int64 = 20 {
    didSet { for container in containers { container.cpuMilli = cpuMilli } }
  }
  private var containers: [ScriptedContainer] = []

  /// Starts containers and remembers them.
  private final class Runtime: ContainerRuntime {
    unowned var world: AutoscaledWorld?
    let scripted: ScriptedContainerRuntime
    init(_ simulation: Simulation) { scripted = ScriptedContainerRuntime(simulation: simulation) }
    func start(_ context: ContainerContext) -> (any RunningContainer)? {
      let container = scripted.start(context)
      if let container = container as? ScriptedContainer, let world {
        container.cpuMilli = world.cpuMilli
        world.containers.append(container)
      }
      return container
    }
  }

  init() throws {
    cluster = FakeCluster(simulation: simulation)
    let runtime = Runtime(simulation)
    nodes = FakeNodes(cluster: cluster, runtime: runtime)
    runtime.world = self
    nodes.add(name: "n1")
    nodes.add(name: "n2")
    try simulation.run(for: .seconds(10))
    var deployment = Deployment()
    deployment.metadata.name = "web"
    deployment.metadata.namespace = "default"
    deployment.spec.replicas = 2
    deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
    deployment.spec.template.metadata.labels = ["app": "web"]
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    container.resources.requests = ["cpu": Quantity(milli: 200)]
    deployment.spec.template.spec.containers = [container]
    try cluster.server.create(deployment)
    var autoscaler = HorizontalPodAutoscaler()
    autoscaler.metadata.name = "web"
    autoscaler.metadata.namespace = "default"
    autoscaler.spec.scaleTargetRef.apiVersion = "apps/v1"
    autoscaler.spec.scaleTargetRef.kind = "Deployment"
    autoscaler.spec.scaleTargetRef.name = "web"
    autoscaler.spec.minReplicas = 2
    autoscaler.spec.maxReplicas = 10
    var metric = MetricSpec()
    metric.type = "Resource"
    metric.resource = ResourceMetricSource()
    metric.resource?.name = "cpu"
    metric.resource?.target.type = "Utilization"
    metric.resource?.target.averageUtilization = 50
    autoscaler.spec.metrics = [metric]
    try cluster.server.create(autoscaler)
  }

  var replicas: Int? { cluster.server.find(Deployment.self, "default", "web")?.spec.replicas }
  var autoscaler: HorizontalPodAutoscaler? {
    cluster.server.find(HorizontalPodAutoscaler.self, "default", "web")
  }
  func run(seconds: Int) throws { try simulation.run(for: .seconds(seconds)) }
}

@Test func `load makes a deployment grow, and its end lets it shrink after five minutes`() throws {
  let world = try AutoscaledWorld()
  try world.run(seconds: 60)
  #expect(world.replicas == 2)
  #expect(world.autoscaler?.status.conditions.first("ScalingActive")?.status == .true)
  world.cpuMilli = 190
  try world.run(seconds: 60)
  #expect(world.replicas == 4 || world.replicas == 8)
  try world.run(seconds: 120)
  #expect(world.replicas == 10)
  #expect(
    world.autoscaler?.status.conditions.first("ScalingLimited")?.reason == "TooManyReplicas")
  world.cpuMilli = 10
  try world.run(seconds: 240)
  #expect(world.replicas == 10)
  try world.run(seconds: 120)
  #expect(world.replicas == 2)
  let pods = world.cluster.server.list(Pod.self).filter { !$0.metadata.isBeingDeleted }
  #expect(pods.count == 2)
}

@Test func `without metrics the size stays`() throws {
  let world = try AutoscaledWorld()
  try world.run(seconds: 60)
  world.nodes.metricsServer?.isAvailable = false
  world.cpuMilli = 190
  try world.run(seconds: 60)
  #expect(world.replicas == 2)
  let condition = try #require(world.autoscaler?.status.conditions.first("ScalingActive"))
  #expect(condition.reason == "FailedGetResourceMetric")
}

@Test(
  arguments: [
    ("apps/v1", "Foo", #"no matches for kind "Foo" in group "apps""#),
    (
      "extensions/v1beta1", "Deployment",
      #"no matches for kind "Deployment" in group "extensions""#
    ),
    ("apps/v1", "Deployment", nil),
  ] as [(String, String, String?)])
func `a target of no known kind is told of`(
  apiVersion: String, kind: String, fault: String?
) throws {
  let world = try AutoscaledWorld()
  _ = try world.cluster.server.modify(HorizontalPodAutoscaler.self, "default", "web") {
    $0.spec.scaleTargetRef.apiVersion = apiVersion
    $0.spec.scaleTargetRef.kind = kind
  }
  try world.run(seconds: 60)
  let events = world.cluster.server.list(Event.self).filter { $0.reason == "FailedGetScale" }
  #expect(events.first?.message == fault)
  guard let fault else { return }
  let condition = try #require(world.autoscaler?.status.conditions.first("AbleToScale"))
  #expect(
    condition.message == "the HPA controller was unable to get the target's current scale: \(fault)"
  )
}
