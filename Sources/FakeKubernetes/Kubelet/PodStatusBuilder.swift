import KubernetesAPI
import SimulationKernel

/// Makes a pod's status from the runtime, the probes and the last status (`generateAPIPodStatus`).
struct PodStatusBuilder {
  let kubelet: Kubelet
  let worker: PodWorker
  let snapshot: RuntimePodSnapshot

  func build(isTerminal: Bool) -> PodStatus {
    let pod = worker.pod
    let previous = kubelet.writer.status(worker.uid) ?? pod.status
    var status = previous
    var rules = ContainerStatusRules(
      pod: pod, snapshot: snapshot, previous: previous.initContainerStatuses,
      failures: worker.failures, isPreloaded: kubelet.configuration.isPreloaded,
      resize: worker.resize, epochSeconds: kubelet.simulation.epochSeconds)
    status.initContainerStatuses = rules.statuses(of: pod.spec.initContainers, areInit: true)
    rules.previous = previous.containerStatuses
    status.containerStatuses = rules.statuses(of: pod.spec.containers, areInit: false)
    takeProbes(&status)
    status.phase = PodStatusRules.phase(
      spec: pod.spec, initStatuses: status.initContainerStatuses,
      statuses: status.containerStatuses, isTerminal: isTerminal)
    if previous.phase == "Failed" || previous.phase == "Succeeded" { status.phase = previous.phase }
    if let end = worker.endReason {
      status.phase = "Failed"
      status.reason = end.reason
      status.message = end.message
      if !worker.isEvicted { worker.event(.normal(end.reason, end.message)) }
    }
    takeAddresses(&status)
    let others =
      kubelet.server.find(Pod.self, pod.metadata.namespace, pod.metadata.name)?.status.conditions
    status.conditions =
      worker.resize.conditions
      + PodStatusRules.conditions(
        spec: pod.spec, phase: status.phase, initStatuses: status.initContainerStatuses,
        statuses: status.containerStatuses,
        isSandboxReady: snapshot.sandboxes.first?.isReady == true, others: others ?? [])
    if worker.isEvicted {
      status.conditions.append(
        Condition(
          type: "DisruptionTarget", status: .true, reason: "TerminationByKubelet",
          message: worker.endReason?.message ?? ""))
    }
    return status
  }

  private func takeProbes(_ status: inout PodStatus) {
    for index in status.containerStatuses.indices {
      let started = kubelet.probes.isStarted(worker.uid, status.containerStatuses[index])
      status.containerStatuses[index].started = started
      status.containerStatuses[index].ready =
        started && kubelet.probes.isReady(worker.uid, status.containerStatuses[index])
    }
    for index in status.initContainerStatuses.indices {
      let container = worker.pod.spec.initContainers[index]
      let current = status.initContainerStatuses[index]
      let started = kubelet.probes.isStarted(worker.uid, current)
      status.initContainerStatuses[index].started = started
      status.initContainerStatuses[index].ready =
        PodStatusRules.isSidecar(container)
        ? started && kubelet.probes.isReady(worker.uid, current)
        : current.state.terminated?.exitCode == 0
    }
  }

  private func takeAddresses(_ status: inout PodStatus) {
    var host = HostIP()
    host.ip = kubelet.configuration.address
    status.hostIP = host.ip
    status.hostIPs = [host]
    if status.startTime == nil { status.startTime = kubelet.server.now }
    guard let sandbox = snapshot.sandboxes.first else { return }
    var address = HostIP()
    address.ip = worker.pod.spec.hostNetwork ? host.ip : sandbox.ip
    status.podIP = address.ip
    status.podIPs = [address]
  }
}
