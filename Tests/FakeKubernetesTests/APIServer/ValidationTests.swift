import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

struct ValidationTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  private func refusal(_ json: String) throws -> StatusError {
    let result = server.create(try JSONValue(parsing: json), namespace: "default")
    return try #require(throws: StatusError.self) { try result.get() }
  }

  @Test func `a Deployment without containers names every fault`() throws {
    let error = try refusal(
      """
      {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec":
      {"replicas": -1, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata":
      {"labels": {"app": "x"}}, "spec": {"containers": []}}}}
      """)
    #expect(error.code == 422)
    #expect(
      error.message
        == "Deployment.apps \"web\" is invalid: [spec.replicas: Invalid value: -1: must be greater "
        + "than or equal to 0, spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: "
        + "`selector` does not match template `labels`, spec.template.spec.containers: Required "
        + "value]")
    #expect(error.causes.map(\.field).first == "spec.replicas")
  }

  @Test func `a pod's containers are checked`() throws {
    let error = try refusal(
      """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"restartPolicy": "x",
      "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 70000}],
      "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}, {"name": "c"}]}}
      """)
    #expect(
      error.causes.map { "\($0.field): \($0.message)" } == [
        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and "
          + "65535, inclusive",
        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal "
          + "to cpu limit of 1", "spec.containers[1].image: Required value",
        "spec.containers[1].name: Duplicate value: \"c\"",
        "spec.restartPolicy: Unsupported value: \"x\": supported values: \"Always\", "
          + "\"OnFailure\", \"Never\"",
      ])
  }

  @Test func `a selector cannot change`() throws {
    let object = try JSONValue(
      parsing: """
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec":
        {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels":
        {"app": "web", "b": "c"}}, "spec": {"containers": [{"name": "a", "image": "b"}]}}}}
        """)
    _ = try server.create(object, namespace: "default").get()
    let patched = server.patch(
      "deployments", namespace: "default", name: "web",
      ["spec": ["selector": ["matchLabels": ["b": "c"]]]])
    let error = #expect(throws: StatusError.self) { try patched.get() }
    #expect(error?.causes.first?.message.hasSuffix("field is immutable") ?? false)
  }
}
