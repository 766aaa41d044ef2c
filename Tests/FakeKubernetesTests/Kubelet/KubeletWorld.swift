import JSON
import KubernetesAPI
import SimulationKernel

@testable import FakeKubernetes

/// One node `node-1` with a kubelet, the scheduler, and scripted containers; no controllers.
///
/// The node is Ready and minutes old; times count from then.
final class KubeletWorld {
  let simulation: Simulation
  let cluster: FakeCluster
  let nodes: FakeNodes
  let runtime: ScriptedContainerRuntime
  let fileSystem = HostFileSystem()
  let node: Kubelet
  /// Each change of the pod's state: seconds and `phase state/reason ready restarts`.
  private(set) var rows: [(seconds: Double, text: String)] = []
  private let start: SimulationTime

  init(
    seed: UInt64 = 1, runsControllers: Bool = false, registry: ImageRegistry = ImageRegistry(),
    script: @escaping (ContainerContext) -> ContainerScript = { _ in ContainerScript() }
  ) throws {
    simulation = Simulation(seed: seed)
    var configuration = FakeCluster.Configuration()
    configuration.runsControllers = runsControllers
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    runtime = ScriptedContainerRuntime(simulation: simulation, script: script)
    nodes = FakeNodes(cluster: cluster, registry: registry, runtime: runtime)
    cluster.startScheduler()
    node = nodes.add(name: "node-1", fileSystem: fileSystem)
    try simulation.run(for: .seconds(1))
    if !runsControllers {
      _ = try cluster.server.modify(Node.self, "", "node-1") { $0.spec.taints = [] }
    }
    try simulation.run(for: .seconds(299))
    start = simulation.now
    cluster.server.observe(Pod.self) { [unowned self] in note($0) }
  }

  private func note(_ change: TypedChange<Pod>) {
    let pod = change.object
    let seconds = Double((simulation.now - start).wholeNanoseconds / 10_000_000) / 100
    if change.kind == .deleted { return rows.append((seconds, "gone")) }
    var text = pod.status.phase
    for status in pod.status.containerStatuses {
      let state =
        status.state.running != nil
        ? "running" : status.state.waiting?.reason ?? status.state.terminated?.reason ?? "?"
      text += " \(state)\(status.ready ? " ready" : "") \(status.restartCount)"
    }
    if pod.metadata.isBeingDeleted { text += " deleting" }
    if rows.last?.text != text { rows.append((seconds, text)) }
  }

  func create(_ change: (inout Pod) -> Void = { _ in }) throws {
    var pod = Pod()
    pod.metadata.name = "pod"
    pod.metadata.namespace = "default"
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    pod.spec.containers = [container]
    change(&pod)
    try cluster.server.create(pod)
  }

  /// Gives the pod a volume that its container mounts.
  static func mount(_ name: String, _ kind: String, _ source: JSONValue, in pod: inout Pod) {
    var volume = Volume()
    volume.name = name
    volume.source[kind] = source
    pod.spec.volumes.append(volume)
    var mount = VolumeMount()
    mount.name = name
    mount.mountPath = "/\(name)"
    pod.spec.containers[0].volumeMounts.append(mount)
  }

  func delete() throws { try cluster.server.delete(Pod.self, "default", "pod") }

  func run(seconds: Int) throws { try simulation.run(for: .seconds(seconds)) }

  var pod: Pod? { cluster.server.find(Pod.self, "default", "pod") }

  /// When the pod's state first was so, seconds.
  func seconds(of text: String) -> Double? { rows.first { $0.text == text }?.seconds }

  /// `reason: message` of all events about the pod, with their counts.
  var events: [String: Int] {
    var result: [String: Int] = [:]
    for event in cluster.server.list(Event.self) where event.involvedObject.kind == "Pod" {
      result["\(event.reason): \(event.message)"] = event.count
    }
    return result
  }

  /// How often an image was asked for.
  var pulls: Int {
    cluster.server.list(Event.self).filter { $0.reason == "Pulling" }.reduce(0) { $0 + $1.count }
  }
}
