import JSON
import KubernetesAPI
import SimulationKernel

/// Registers a node, reports its status and renews its lease.
///
/// Source: `pkg/kubelet/kubelet_node_status.go`. The status is looked at every 10 s and written
/// when it changed, otherwise every 150 to 450 s at first and every 5 minutes then; the lease is
/// renewed every 10 s and up to 4 % more.
final class NodeReporter {
  private unowned let kubelet: Kubelet
  private var timers: [SimulationTimer] = []
  private var nextReport: Int64 = 0
  private var isReady = false
  private var hasReported = false

  init(kubelet: Kubelet) { self.kubelet = kubelet }

  private var name: String { kubelet.configuration.name }
  private var server: APIServer { kubelet.server }

  func start() {
    hasReported = false
    event(.normal("Starting", "Starting kubelet."))
    let isNew = server.find(Node.self, "", name) == nil
    isReady = !isNew
    kubelet.after(.milliseconds(100)) { [self] in
      if isNew { register() } else { report() }
      for warning in kubelet.configuration.startWarnings {
        event(.warning(warning.reason, warning.message))
      }
      event(.normal("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods"))
      for reason in ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"] {
        event(.normal(reason, "Node \(name) status is now: \(reason)"))
      }
      renewLease()
      kubelet.after(KubeletTimings.statusUpdate) { [self] in beat() }
    }
    if isNew {
      kubelet.after(.milliseconds(400)) { [self] in becomeReady() }
    }
  }

  func stop() {
    for timer in timers { timer.cancel() }
    timers = []
  }

  private func becomeReady() {
    isReady = true
    event(.normal("NodeReady", "Node \(name) status is now: NodeReady"))
    report()
  }

  private func register() {
    var node = Node()
    node.metadata.name = name
    node.metadata.labels = [
      "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
    ].merging(kubelet.configuration.labels) { $1 }
    node.metadata.annotations = [
      "node.alpha.kubernetes.io/ttl": "0",
      "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    ]
    node.spec.taints = kubelet.configuration.taints
    var taint = Taint()
    taint.key = "node.kubernetes.io/not-ready"
    taint.effect = "NoSchedule"
    node.spec.taints.append(taint)
    fill(&node)
    _ = try? server.create(node)
    _ = try? server.modifyStatus(Node.self, "", name) { [self] in fill(&$0) }
  }

  private func beat() {
    if server.find(Node.self, "", name) == nil {
      register()
    } else if kubelet.simulation.now.nanoseconds >= nextReport || hasChanged() {
      report()
    }
    kubelet.after(KubeletTimings.statusUpdate) { [self] in beat() }
  }

  /// Whether somebody else (the node controller) changed what we reported.
  private func hasChanged() -> Bool {
    guard let node = server.find(Node.self, "", name) else { return false }
    return node.status.conditions.contains { stored in
      conditions(node).first(stored.type).map { $0.status != stored.status } ?? false
    }
  }

  private func report() {
    let wasReady =
      server.find(Node.self, "", name)?.status.conditions.first("Ready")?.status == .true
    let old = server.find(Node.self, "", name)?.status.conditions.first("MemoryPressure")?.status
    _ = try? server.modifyStatus(Node.self, "", name) { [self] in fill(&$0) }
    if let old, (old == .true) != kubelet.pressure.holds {
      let reason = kubelet.pressure.holds ? "NodeHasInsufficientMemory" : "NodeHasSufficientMemory"
      event(.normal(reason, "Node \(name) status is now: \(reason)"))
    }
    if isReady && !wasReady && !hasReported {
      event(.normal("NodeReady", "Node \(name) status is now: NodeReady"))
    }
    let report = KubeletTimings.statusReportNanoseconds
    nextReport =
      kubelet.simulation.now.nanoseconds
      + (hasReported
        ? report : report / 2 + Int64(kubelet.random.integer(below: Int(report))))
    hasReported = true
  }

  private func fill(_ node: inout Node) {
    let configuration = kubelet.configuration
    node.status.capacity = configuration.capacity
    if node.status.capacity["pods"] == nil { node.status.capacity["pods"] = Quantity(110) }
    node.status.allocatable = node.status.capacity
    var address = NodeAddress()
    address.type = "InternalIP"
    address.address = configuration.address
    var host = NodeAddress()
    host.type = "Hostname"
    host.address = name
    node.status.addresses = [address, host]
    node.status.conditions = conditions(node)
    node.status.daemonEndpoints = ["kubeletEndpoint": ["Port": 10250]]
    node.status.nodeInfo = [
      "machineID": .string(name), "systemUUID": .string(name), "bootID": .string(name),
      "kernelVersion": "6.1.0", "osImage": "Andruck",
      "containerRuntimeVersion": "containerd://1.6.20",
      "kubeletVersion": "v1.34.3", "kubeProxyVersion": "", "operatingSystem": "linux",
      "architecture": "amd64",
    ]
  }

  private func conditions(_ node: Node) -> [Condition] {
    let memory =
      kubelet.pressure.holds
      ? Condition(
        type: "MemoryPressure", status: .true, reason: "KubeletHasInsufficientMemory",
        message: "kubelet has insufficient memory available")
      : Condition(
        type: "MemoryPressure", status: .false, reason: "KubeletHasSufficientMemory",
        message: "kubelet has sufficient memory available")
    let pressures =
      [memory]
      + [
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
      ].map { Condition(type: $0.0, status: .false, reason: $0.1, message: $0.2) }
    let ready =
      isReady
      ? Condition(
        type: "Ready", status: .true, reason: "KubeletReady",
        message: "kubelet is posting ready status")
      : Condition(
        type: "Ready", status: .false, reason: "KubeletNotReady",
        message: "CSINode is not yet initialized")
    return (pressures + [ready]).map { condition in
      var condition = condition
      let old = node.status.conditions.first(condition.type)
      condition.lastHeartbeatTime = server.now
      condition.lastTransitionTime =
        old?.status == condition.status ? old?.lastTransitionTime ?? server.now : server.now
      return condition
    }
  }

  private func renewLease() {
    let time = server.now.microText(
      microseconds: kubelet.simulation.now.nanoseconds / 1000 % 1_000_000)
    let namespace = "kube-node-lease"
    if server.find(Lease.self, namespace, name) == nil {
      var lease = Lease()
      lease.metadata.name = name
      lease.metadata.namespace = namespace
      lease.spec.holderIdentity = name
      lease.spec.leaseDurationSeconds = KubeletTimings.leaseDurationSeconds
      lease.spec.renewTime = time
      _ = try? server.create(lease)
    } else {
      // component-helpers/apimachinery/lease/controller.go: maxUpdateRetries.
      for _ in 0..<5 {
        let renewed = try? server.modify(Lease.self, namespace, name) { $0.spec.renewTime = time }
        if renewed != nil || !server.faults.isActive { break }
      }
    }
    let extra = Int64(
      kubelet.random.integer(below: Int(KubeletTimings.leaseRenewalNanoseconds / 25)))
    kubelet.after(.nanoseconds(KubeletTimings.leaseRenewalNanoseconds + extra)) { [self] in
      renewLease()
    }
  }

  /// Writes a warning about the node.
  func warn(_ reason: String, _ message: String) { event(.warning(reason, message)) }

  private func event(_ event: KubeletEvent) {
    var reference = ObjectReference()
    reference.kind = "Node"
    reference.name = name
    reference.uid = name
    kubelet.recorder.record(
      reference, event.type == "Warning" ? .warning : .normal, event.reason, event.message)
  }
}
