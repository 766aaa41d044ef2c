import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

struct APIServerTests {
  let simulation = Simulation(seed: 1)
  let server: APIServer

  init() { server = APIServer(simulation: simulation) }

  private func deployment(_ name: String) throws -> Deployment {
    var deployment = try Deployment(
      json: JSONValue(
        parsing: """
          {"metadata": {"name": "\(name)", "namespace": "default"}, "spec": {"selector":
          {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
          "spec": {"containers": [{"name": "app", "image": "app:1"}]}}}}
          """))
    deployment.metadata.annotations["a"] = "b"
    return deployment
  }

  @Test func `a created object has identity, version and defaults`() throws {
    let created = try server.create(deployment("web"))
    #expect(created.metadata.uid.utf8.count == 36)
    #expect(created.metadata.generation == 1)
    #expect(created.metadata.creationTimestamp == server.now)
    #expect(created.spec.replicas == 1)
    #expect(created.spec.strategy.rollingUpdate?.maxSurge == .string("25%"))
    #expect(created.spec.template.spec.containers[0].imagePullPolicy == "IfNotPresent")
    let error = #expect(throws: StatusError.self) { try server.create(deployment("web")) }
    #expect(error?.message == "deployments.apps \"web\" already exists")
  }

  @Test func `a write from an old version conflicts`() throws {
    let first = try server.create(deployment("web"))
    var second = first
    second.spec.replicas = 2
    second = try server.update(second)
    #expect(second.metadata.generation == 2)
    var stale = first
    stale.spec.replicas = 3
    let error = #expect(throws: StatusError.self) { try server.update(stale) }
    #expect(error?.isConflict ?? false)
  }

  @Test func `a write that changes nothing costs no version`() throws {
    let created = try server.create(deployment("web"))
    let version = server.version
    #expect(try server.update(created).metadata.resourceVersion == String(version))
    #expect(server.version == version)
  }

  @Test func `status and spec are written apart`() throws {
    var object = try server.create(deployment("web"))
    object.spec.replicas = 7
    object.status.replicas = 5
    let updated = try server.updateStatus(object)
    #expect(updated.spec.replicas == 1)
    #expect(updated.status.replicas == 5)
    #expect(updated.metadata.generation == 1)
  }

  @Test func `a bound pod waits for its kubelet and an unbound one goes at once`() throws {
    var pod = Pod()
    pod.metadata = ObjectMeta(name: "a", namespace: "default")
    pod.spec.containers = [Container()]
    pod.spec.containers[0].name = "app"
    pod.spec.containers[0].image = "app:1"
    try server.create(pod)
    pod.metadata.name = "b"
    try server.create(pod)
    try server.bind("default", "a", to: "n1")
    let marked = try server.delete(Pod.self, "default", "a")
    #expect(marked.metadata.deletionTimestamp == server.now + 30)
    #expect(server.find(Pod.self, "default", "a") != nil)
    try server.delete(Pod.self, "default", "b")
    #expect(server.find(Pod.self, "default", "b") == nil)
    try server.delete(
      Pod.self, "default", "a", options: DeleteOptions(gracePeriodSeconds: 0))
    #expect(server.find(Pod.self, "default", "a") == nil)
  }

  @Test func `a watch goes on from a version and tells of forgotten ones`() throws {
    let created = try server.create(deployment("web"))
    try server.modify(Deployment.self, "default", "web") { $0.spec.replicas = 2 }
    var kinds: [WatchEvent.Kind] = []
    let watch = try server.watch("deployments.apps", from: created.metadata.resourceVersion) {
      kinds.append($0.kind)
    }
    try server.delete(Deployment.self, "default", "web")
    #expect(kinds == [.modified, .deleted])
    watch.cancel()
    server.forgetHistory()
    let error = #expect(throws: StatusError.self) {
      try server.watch("deployments.apps", from: "1") { _ in }
    }
    #expect(error?.code == 410)
  }

  @Test func `a watch with a selector sees objects enter and leave it`() throws {
    var selection = Selection()
    selection.labels = LabelQuery(["stage": "a"])
    var kinds: [WatchEvent.Kind] = []
    let watch = try server.watch("deployments.apps", selection) { kinds.append($0.kind) }
    try server.create(deployment("web"))
    for stage in ["a", "a", "b"] {
      try server.modify(Deployment.self, "default", "web") {
        $0.metadata.labels["stage"] = stage
        $0.metadata.annotations["n"] = (($0.metadata.annotations["n"]) ?? "") + "x"
      }
    }
    #expect(kinds == [.added, .modified, .deleted])
    watch.cancel()
  }

  @Test func `patches and unknown names answer as upstream words it`() throws {
    try server.create(deployment("web"))
    let patched = server.patch(
      "deployments", namespace: "default", name: "web", ["spec": ["replicas": 4]])
    #expect(try patched.get().value(at: "spec", "replicas") == 4)
    let scaled = server.patch(
      "deployments", namespace: "default", name: "web", subresource: "scale", type: .merge,
      ["spec": ["replicas": 6]])
    #expect(try scaled.get().value(at: "status", "selector") == "app=web")
    let missing = server.get("pods", namespace: "default", name: "x")
    #expect(throws: StatusError.notFound(Pod.resource, "x")) { try missing.get() }
  }
}
