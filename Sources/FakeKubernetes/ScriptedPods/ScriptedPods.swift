package import KubernetesAPI
import SimulationKernel

/// Stands in for the kubelets of all nodes: pods do what the script of their image says.
package final class ScriptedPods {
  let server: APIServer
  let nodes: ScriptedNodes
  private let script: (String) -> PodScript
  /// The scripts that were asked for, by image; pods share them.
  private var scripts: [String: Shared<PodScript>] = [:]
  private let informer: Informer<Pod>
  private let reactions: RandomStream
  /// How many pods there were of an app and image, and the app and image that were counted last.
  @exclusivity(unchecked) private var ordinals: [OrdinalKey: Int] = [:]
  /// Of each pod, by its place in the store.
  @exclusivity(unchecked) private var ordinalOfPlace: [Int32] = []
  @exclusivity(unchecked) private var running: [ScriptedPod?] = []
  @exclusivity(unchecked) private var addresses = 0
  @exclusivity(unchecked) var statuses = ScriptedStatuses()
  /// What every pod says of its node.
  let hostIPs = [HostIP(ip: "10.0.0.1")]

  private struct OrdinalKey: Hashable {
    var app: String
    var image: String
  }

  /// Starts to run pods; `script` gives an image's script.
  package init(
    server: APIServer, nodes: ScriptedNodes, script: @escaping (_ image: String) -> PodScript
  ) {
    self.server = server
    self.nodes = nodes
    self.script = script
    reactions = server.simulation.randomStream("kubernetes/scripted-kubelet")
    informer = Informer(server: server, component: "scripted-kubelet")
    server.observe(Pod.self) { [weak self] change in
      if change.kind == .added { self?.count(change.object) }
    }
    informer.onChange(of: [.binding, .deletion, .readiness]) { [weak self] old, new in
      self?.changed(old, new)
    }
    nodes.onReturn { [weak self] node in self?.postAgain(node) }
  }

  /// The pod's place among those of its app and image, from 1 in order of creation.
  package func ordinal(_ pod: Pod) -> Int {
    let place = Int(pod.metadata.place)
    return place >= 0 && place < ordinalOfPlace.count ? Int(ordinalOfPlace[place]) : 1
  }

  /// How long the stand-in takes to act and to write, as it did in the recordings; nanoseconds.
  func reaction() -> Int64 { 15_000_000 + Int64(reactions.integer(below: 10_000_001)) }

  private func count(_ pod: Pod) {
    let key = OrdinalKey(
      app: pod.metadata.labels["app"] ?? "",
      image: pod.spec.content.value.containers.first?.image ?? "")
    ordinals[key, default: 0] += 1
    let place = Int(pod.metadata.place)
    while ordinalOfPlace.count <= place { ordinalOfPlace.append(1) }
    ordinalOfPlace[place] = Int32(ordinals[key] ?? 1)
  }

  private func changed(_ old: Pod?, _ new: Pod?) {
    guard let new else {
      if let old, let pod = pod(old) {
        pod.cancel()
        running[Int(old.metadata.place)] = nil
      }
      return
    }
    if !new.spec.nodeName.isEmpty, pod(new) == nil { start(new) }
    let pod = pod(new)
    if new.metadata.isBeingDeleted { pod?.stop() }
    if old?.isReady != new.isReady { pod?.correct() }
  }

  private func pod(_ pod: Pod) -> ScriptedPod? {
    let place = Int(pod.metadata.place)
    guard place < running.count, let found = running[place], found.uid == pod.metadata.uid else {
      return nil
    }
    return found
  }

  private func start(_ new: Pod) {
    addresses += 1
    let pod = ScriptedPod(
      owner: self, pod: new,
      script: sharedScript(new.spec.content.value.containers.first?.image ?? ""),
      ordinal: ordinal(new), address: "10.244.\(addresses / 250).\(addresses % 250 + 2)")
    let place = Int(new.metadata.place)
    while running.count <= place { running.append(nil) }
    running[place] = pod
    pod.begin()
  }

  private func sharedScript(_ image: String) -> Shared<PodScript> {
    if let known = scripts[image] { return known }
    let shared = Shared(script(image))
    scripts[image] = shared
    return shared
  }

  private func postAgain(_ node: String) {
    let pods = running.compactMap { $0 }.filter { $0.node == node }
    for pod in pods.sorted(by: { $0.uid < $1.uid }) { pod.post() }
  }
}

extension HostIP {
  init(ip: String) {
    self.init()
    self.ip = ip
  }
}
