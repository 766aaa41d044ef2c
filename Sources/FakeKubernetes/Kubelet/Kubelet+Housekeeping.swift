import KubernetesAPI
import SimulationKernel

extension Kubelet {
  /// When the kubelet last looked at everything, which it does every 2 s from its start on.
  var lastHousekeeping: Int64 {
    let period = KubeletTimings.housekeeping.wholeNanoseconds
    return simulation.now.nanoseconds - (simulation.now.nanoseconds - startedNanoseconds) % period
  }

  /// Stops what runs here for pods that the API does not have: they went while the kubelet was away.
  ///
  /// Every 2 s until there is none; nothing else can leave such pods. Source:
  /// `pkg/kubelet/kubelet_pods.go` HandlePodCleanups.
  func cleanUp() {
    checkpoints = [:]
    let orphans = runtime.podUIDs.filter { workers[$0] == nil }
    if orphans.isEmpty { return }
    for uid in orphans where !stopping.contains(uid) {
      guard let pod = runtime.owners[uid] else {
        forgetContainers(uid)
        continue
      }
      stopping.insert(uid)
      let worker = PodWorker(kubelet: self, pod: pod)
      PodKill(kubelet: self, worker: worker, graceSeconds: 1)
        .run(runtime.snapshot(uid).containers) { [self] in
          // The kill's callbacks need the worker until here.
          withExtendedLifetime(worker) {
            stopping.remove(uid)
            forgetContainers(uid)
          }
        }
    }
    after(KubeletTimings.housekeeping) { [self] in cleanUp() }
  }
}
