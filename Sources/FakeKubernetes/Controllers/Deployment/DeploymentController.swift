import KubernetesAPI
import SimulationKernel

/// Keeps a Deployment's ReplicaSets at the sizes that its strategy asks for.
///
/// Source of the order of steps: `pkg/controller/deployment/deployment_controller.go`.
package final class DeploymentController {
  let client: ControllerClient
  let recorder: EventRecorder
  let deployments: Informer<Deployment>
  let replicaSets: Informer<ReplicaSet>
  let pods: Informer<Pod>
  private let replicaSetsByOwner: Int
  private let replicaSetsByNamespace: Int
  private let podsByOwner: Int
  private(set) var queue: WorkQueue

  package init(server: APIServer, informers: SharedInformers) {
    client = ControllerClient(server: server, component: "deployment-controller")
    recorder = EventRecorder(server: server, component: "deployment-controller")
    deployments = informers.informer(Deployment.self)
    replicaSets = informers.informer(ReplicaSet.self)
    pods = informers.informer(Pod.self)
    replicaSetsByOwner = replicaSets.addIndex("controller", of: .metadata) {
      $0.metadata.controllerUID
    }
    replicaSetsByNamespace = replicaSets.addIndex("orphans by namespace", of: .metadata) {
      $0.metadata.controllerUID == nil ? $0.metadata.namespace : nil
    }
    podsByOwner = pods.addIndex("controller", of: .metadata) { $0.metadata.controllerUID }
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    deployments.onChange { [weak self] old, new in
      if let key = (new ?? old)?.key { self?.queue.add(key) }
    }
    replicaSets.onChange { [weak self] old, new in self?.replicaSetChanged(old, new) }
    pods.onChange(of: .existence) { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func replicaSetChanged(_ old: ReplicaSet?, _ new: ReplicaSet?) {
    for replicaSet in [old, new].compactMap({ $0 }) {
      if let owner = replicaSet.metadata.controller {
        enqueue(owner, in: replicaSet.metadata.namespace)
      }
    }
    guard let new, new.metadata.controller == nil else { return }
    for deployment in deployments.list(namespace: new.metadata.namespace)
    where deployment.spec.selector.matches(new.metadata.labels) {
      queue.add(deployment.key)
    }
  }

  private func enqueue(_ owner: OwnerReference, in namespace: String) {
    guard owner.kind == "Deployment", let deployment = deployments.find(namespace, owner.name),
      deployment.metadata.uid == owner.uid
    else { return }
    queue.add(deployment.key)
  }

  /// A Recreate Deployment waits for its last old pod to go.
  private func podChanged(_ old: Pod?, _ new: Pod?) {
    guard new == nil, let pod = old, let owner = pod.metadata.controller,
      let replicaSet = replicaSets.find(pod.metadata.namespace, owner.name),
      let deploymentOwner = replicaSet.metadata.controller,
      let deployment = deployments.find(pod.metadata.namespace, deploymentOwner.name),
      deployment.spec.strategy.type == "Recreate"
    else { return }
    let left = replicaSets.objects(index: replicaSetsByOwner, deployment.metadata.uid)
      .contains { !pods.objects(index: podsByOwner, $0.metadata.uid).isEmpty }
    if !left { queue.add(deployment.key) }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard var deployment = deployments.find(key.namespace, key.name) else { return }
    if deployment.spec.selector.isEmpty { return }
    let all = try claimReplicaSets(deployment)
    if deployment.metadata.isBeingDeleted {
      let (new, old, _) = try findReplicaSets(&deployment, all, createsNew: false)
      return try writeStatus(deployment, all: old + [new].compactMap { $0 }, new: new)
    }
    try checkPaused(&deployment)
    if deployment.spec.paused { return try scaleOnly(deployment, all) }
    let found = try findReplicaSets(&deployment, all, createsNew: false)
    if isScalingEvent(deployment, found) { return try scaleOnly(deployment, all) }
    if deployment.spec.strategy.type == "Recreate" {
      try recreate(deployment, all)
    } else {
      try rollingUpdate(deployment, all, found)
    }
  }

  /// The ReplicaSets that the Deployment owns; adopts matching orphans, releases what no longer
  /// matches.
  private func claimReplicaSets(_ deployment: Deployment) throws(StatusError) -> [ReplicaSet] {
    var claimed: [ReplicaSet] = []
    for owned in replicaSets.objects(index: replicaSetsByOwner, deployment.metadata.uid) {
      if deployment.spec.selector.matches(owned.metadata.labels) {
        claimed.append(owned)
      } else if !deployment.metadata.isBeingDeleted {
        try client.modify(ReplicaSet.self, owned.metadata.namespace, owned.metadata.name) {
          $0.metadata.ownerReferences.removeAll { $0.uid == deployment.metadata.uid }
        }
      }
    }
    if deployment.metadata.isBeingDeleted { return claimed }
    for orphan in replicaSets.objects(
      index: replicaSetsByNamespace, deployment.metadata.namespace)
    where !orphan.metadata.isBeingDeleted
      && deployment.spec.selector.matches(orphan.metadata.labels)
    {
      let fresh = try client.get(
        Deployment.self, deployment.metadata.namespace, deployment.metadata.name)
      guard fresh.metadata.uid == deployment.metadata.uid, !fresh.metadata.isBeingDeleted else {
        break
      }
      claimed.append(
        try client.modify(ReplicaSet.self, orphan.metadata.namespace, orphan.metadata.name) {
          $0.metadata.ownerReferences.append(OwnerReference(controller: deployment))
        })
    }
    return claimed
  }

  /// The pods of ReplicaSets that still exist and have not ended.
  func hasRunningPods(_ replicaSets: [ReplicaSet]) -> Bool {
    if replicaSets.contains(where: { $0.status.replicas > 0 }) { return true }
    return replicaSets.contains { replicaSet in
      pods.objects(index: podsByOwner, replicaSet.metadata.uid).contains {
        !$0.isTerminal
      }
    }
  }
}
