import JSON
import KubernetesAPI
import SimulationKernel

@testable import FakeKubernetes

/// Two nodes with scripted containers, and all controllers.
final class ControllerWorld {
  let simulation = Simulation(seed: 5)
  let cluster: FakeCluster
  let nodes: FakeNodes

  init(script: @escaping (ContainerContext) -> ContainerScript = { _ in ContainerScript() })
    throws
  {
    cluster = FakeCluster(simulation: simulation)
    nodes = FakeNodes(
      cluster: cluster,
      runtime: ScriptedContainerRuntime(simulation: simulation, script: script))
    nodes.add(name: "n1")
    nodes.add(name: "n2")
    try run(seconds: 10)
  }

  var server: APIServer { cluster.server }

  func run(seconds: Int) throws { try simulation.run(for: .seconds(seconds)) }

  /// A Deployment of one container of the image `app:1`.
  func createDeployment(
    _ name: String, replicas: Int, _ change: (inout Deployment) -> Void = { _ in }
  ) throws {
    var deployment = Deployment()
    deployment.metadata.name = name
    deployment.metadata.namespace = "default"
    deployment.spec.replicas = replicas
    deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
    deployment.spec.template.metadata.labels = ["app": name]
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    deployment.spec.template.spec.containers = [container]
    change(&deployment)
    try server.create(deployment)
  }

  func create(_ json: JSONValue) throws {
    _ = try server.create(json, namespace: "default").get()
  }

  /// Asks for the eviction of a pod.
  func evict(_ pod: Pod) -> APIResponse {
    var request = APIRequest(.create)
    request.resource = "pods"
    request.subresource = "eviction"
    request.namespace = pod.metadata.namespace
    request.name = pod.metadata.name
    request.body = ["metadata": ["name": .string(pod.metadata.name)]]
    return server.respond(to: request)
  }
}
