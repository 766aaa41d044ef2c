import KubernetesAPI

/// Whether limits of memory can be lowered without ending the processes that use it.
///
/// Source: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` validateMemoryResizeAction.
struct MemoryDecrease {
  private let worker: PodWorker

  init(_ worker: PodWorker) { self.worker = worker }

  /// What speaks against giving the named containers what is set aside for them; nil: nothing.
  func obstacle(of names: [String]) -> String? {
    var faults: [String] = []
    let resize = worker.resize
    let usage = worker.kubelet.memoryBytes(of: worker.uid)
    if let limit = podLimit(resize.allocations), limit < podLimit(resize.given) ?? .max,
      usage >= limit
    {
      faults.append("attempting to set pod memory limit (\(limit)) below current usage (\(usage))")
    }
    let processes = worker.kubelet.runtime.runningProcesses(worker.uid)
    for name in names {
      guard let limit = resize.allocations[name]?.limits["memory"]?.value,
        limit < resize.given[name]?.limits["memory"]?.value ?? .max,
        let usage = processes.first(where: { $0.name == name })?.process.memoryBytes, usage >= limit
      else { continue }
      faults.append(
        "attempting to set container \(name.goQuoted) memory limit (\(limit)) below current usage "
          + "(\(usage))")
    }
    if faults.isEmpty { return nil }
    let list = faults.count == 1 ? faults[0] : "[\(faults.joined(separator: ", "))]"
    return "cannot decrease memory limits: \(list)"
  }

  /// The limit of all containers together; nil: one of them has none.
  private func podLimit(_ resources: [String: ResourceRequirements]) -> Int64? {
    var spec = worker.pod.spec.content.value
    func limited(_ container: Container) -> Container {
      var result = container
      if let known = resources[container.name] { result.resources = known }
      result.resources.requests = result.resources.limits
      return result
    }
    spec.containers = spec.containers.map(limited)
    spec.initContainers = spec.initContainers.map(limited)
    let hasAll = (spec.containers + spec.initContainers).allSatisfy {
      $0.resources.limits["memory"].map { $0 > .zero } ?? false
    }
    return hasAll ? PodRequests.total(spec, defaults: [:]).memory : nil
  }
}
