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
  private var ordinals: [String: Int] = [:]
  private var ordinalByUid: [String: Int] = [:]
  private var running: [String: ScriptedPod] = [:]
  private var addresses = 0

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
    informer.onChange { [weak self] old, new in self?.changed(old, new) }
    nodes.onReturn { [weak self] node in self?.postAgain(node) }
  }

  /// The pod's place among those of its app and image, from 1 in order of creation.
  package func ordinal(_ pod: Pod) -> Int { ordinalByUid[pod.metadata.uid] ?? 1 }

  /// How long the stand-in takes to act and to write, as it did in the recordings.
  func reaction() -> Duration { reactions.duration(in: .milliseconds(15)...(.milliseconds(25))) }

  private func count(_ pod: Pod) {
    let app = pod.metadata.labels["app"] ?? ""
    let key = "\(app)|\(pod.spec.content.value.containers.first?.image ?? "")"
    let ordinal = (ordinals[key] ?? 0) + 1
    ordinals[key] = ordinal
    ordinalByUid[pod.metadata.uid] = ordinal
  }

  private func changed(_ old: Pod?, _ new: Pod?) {
    guard let new else {
      if let uid = old?.metadata.uid {
        running.removeValue(forKey: uid)?.cancel()
        ordinalByUid[uid] = nil
      }
      return
    }
    let uid = new.metadata.uid
    if running[uid] == nil, !new.spec.nodeName.isEmpty {
      addresses += 1
      let pod = ScriptedPod(
        owner: self, pod: new,
        script: sharedScript(new.spec.content.value.containers.first?.image ?? ""),
        ordinal: ordinal(new), address: "10.244.\(addresses / 250).\(addresses % 250 + 2)")
      running[uid] = pod
      pod.begin()
    }
    if new.metadata.isBeingDeleted { running[uid]?.stop() }
    if old?.isReady != new.isReady { running[uid]?.correct() }
  }

  private func sharedScript(_ image: String) -> Shared<PodScript> {
    if let known = scripts[image] { return known }
    let shared = Shared(script(image))
    scripts[image] = shared
    return shared
  }

  private func postAgain(_ node: String) {
    for pod in running.values.filter({ $0.node == node }).sorted(by: { $0.uid < $1.uid }) {
      pod.post()
    }
  }
}
