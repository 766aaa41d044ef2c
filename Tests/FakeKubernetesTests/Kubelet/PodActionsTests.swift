import KubernetesAPI
import Testing

@testable import FakeKubernetes

/// Values only; rules of `kuberuntime_manager.go` computePodActions.
struct PodActionsTests {
  private static func container(_ name: String, isSidecar: Bool = false) -> Container {
    var container = Container()
    container.name = name
    container.image = "app:1"
    if isSidecar { container.restartPolicy = "Always" }
    return container
  }

  /// An init container `one`, a sidecar `proxy`, then `app` and `side`.
  private func pod(_ policy: String) -> Pod {
    var pod = Pod()
    pod.spec.restartPolicy = policy
    pod.spec.initContainers = [Self.container("one"), Self.container("proxy", isSidecar: true)]
    pod.spec.containers = [Self.container("app"), Self.container("side")]
    return pod
  }

  /// `name:state`, where the state is `runs` or an exit code.
  private func snapshot(_ states: [String]) -> RuntimePodSnapshot {
    var snapshot = RuntimePodSnapshot()
    snapshot.sandboxes = [SandboxRecord(isReady: true, ip: "10.0.0.1")]
    snapshot.containers = states.map { text in
      let parts = text.split(separator: ":").map(String.init)
      var record = ContainerRecord(
        id: parts[0], name: parts[0], image: "app:1",
        state: parts[1] == "runs" ? .running : .exited, createdNanoseconds: 0, restartCount: 0)
      record.exitCode = Int(parts[1]) ?? 0
      return record
    }
    return snapshot
  }

  private func actions(
    _ policy: String, _ states: [String], started: Bool = true, condemned: Set<String> = []
  ) -> PodActions {
    PodActions(
      pod: pod(policy), snapshot: snapshot(states),
      verdicts: PodActions.Verdicts(
        isStarted: { _, _ in started },
        condemns: { container, _ in condemned.contains(container.name) ? .liveness : nil },
        resizes: { _, _ in false }))
  }

  @Test(arguments: [
    ("nothing runs yet", "Always", [], true, ["one"]),
    ("the first has failed", "OnFailure", ["one:1"], true, ["one"]),
    ("the first has done its work", "Always", ["one:0"], true, ["proxy"]),
    ("the sidecar has not started", "Always", ["one:0", "proxy:runs"], false, []),
    ("the sidecar has started", "Always", ["one:0", "proxy:runs"], true, ["app", "side"]),
    (
      "the sidecar died, a container runs", "Always",
      ["one:0", "proxy:1", "app:runs", "side:2"], true, ["proxy", "side"]
    ),
    (
      "the sidecar died, no container runs", "Always", ["one:0", "proxy:1", "app:1", "side:1"],
      true, ["proxy"]
    ),
    (
      "the sidecar starts anew, a container runs", "Always",
      ["one:0", "proxy:runs", "app:runs", "side:1"], false, ["side"]
    ),
    (
      "what has succeeded is not started again", "OnFailure",
      ["one:0", "proxy:runs", "app:0", "side:3"], true, ["side"]
    ),
  ])
  func `what is started`(
    name: String, policy: String, states: [String], started: Bool, wanted: [String]
  ) {
    let actions = actions(policy, states, started: started)
    #expect(actions.starts.map(\.container.name) == wanted, "\(name)")
    #expect(!actions.endsPod && actions.kills.isEmpty)
  }

  @Test(arguments: [
    ("an init container failed for good", ["one:1"]),
    ("only the sidecar is left", ["one:0", "proxy:runs", "app:0", "side:3"]),
  ])
  func `a pod that is never restarted ends`(name: String, states: [String]) {
    let actions = actions("Never", states)
    #expect(actions.endsPod && actions.starts.isEmpty, "\(name)")
  }

  @Test func `a condemned sidecar is started again, a container only if it may be`() {
    let states = ["one:0", "proxy:runs", "app:runs", "side:runs"]
    let both = actions("Never", states, condemned: ["proxy", "app"])
    #expect(
      both.kills.map(\.message) == [
        "Init container proxy failed liveness probe", "Container app failed liveness probe",
      ])
    #expect(both.starts.map(\.container.name) == ["proxy"])
    let always = actions("Always", states, condemned: ["app"])
    #expect(
      always.kills.map(\.message) == ["Container app failed liveness probe, will be restarted"])
    #expect(always.starts.map(\.container.name) == ["app"])
  }

  @Test func `a pod whose last container is condemned and not restarted ends with its sidecars`() {
    let actions = actions(
      "Never", ["one:0", "proxy:runs", "app:0", "side:runs"], condemned: ["side"])
    #expect(actions.endsPod)
  }

  /// Source: `kuberuntime_container.go` computeInitContainerActions.
  @Test(arguments: [(true, ["Init container proxy definition changed"]), (false, [])])
  func `a sidecar's new image is looked at once its startup probe has passed`(
    started: Bool, messages: [String]
  ) {
    var changed = pod("Always")
    changed.spec.initContainers[1].image = "app:2"
    let actions = PodActions(
      pod: changed, snapshot: snapshot(["one:0", "proxy:runs", "app:runs", "side:runs"]),
      verdicts: PodActions.Verdicts(
        isStarted: { container, _ in container.name != "proxy" || started },
        condemns: { _, _ in nil }, resizes: { _, _ in false }))
    #expect(actions.kills.map(\.message) == messages)
  }
}
