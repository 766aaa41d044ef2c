import AssignmentStore
import DruckerDashboard
import FakeKubernetes
import KubernetesAPI
import ModelStorage
import SimulatedNetwork
import SimulationKernel

extension SimulatedWorld {
  /// Makes an entry of the timeline happen.
  func perform(_ action: Action, named name: String) {
    switch action {
    case .switchModel(let service, let model): operations.switchModel(service, to: model)
    case .deploy(let service): deploy(service)
    case .edit(let service, let edit): operations.edit(service, edit)
    case .deleteService(let service): operations.delete(service)
    case .upload(let application, let model, let file):
      operations.upload(application, model: model, file: file)
    case .evaluate(let application, let model, let file):
      operations.evaluate(application, model: model, file: file)
    case .sync: operations.sync()
    case .assign(let service, let model): assign(service, model)
    case .rollBack(let service): kubectl.rollBack(service)
    case .setPaused(let service, let isPaused): kubectl.setPaused(service, isPaused)
    case .scale(let service, let replicas): kubectl.scale(service, to: replicas)
    case .quota(let level, let pods): kubectl.limitPods(of: level, to: pods)
    case .setCordoned(let node, let isCordoned): kubectl.setCordoned(node, isCordoned)
    case .drain(let node): kubectl.drain(node)
    case .deletePods(let service, let count): kubectl.deletePods(service, count)
    case .crash(let service, let count):
      for container in workers.serving(service).prefix(count) { container.crash() }
    case .nodeDown(let name):
      tell("machine", "\(name) loses power")
      network.pods.nodeDied(name)
      nodes.die(name)
    case .nodeUp(let name):
      tell("machine", "\(name) boots")
      nodes.start(name)
    case .fault(let fault, let lasts):
      begin(fault)
      if let lasts {
        simulation.schedule(after: lasts) { [weak self] in self?.set(fault, false) }
      }
    }
  }

  /// Begins a fault; one of containers ends for those that it began for.
  private func begin(_ fault: Fault) {
    switch fault {
    case .unresponsive(let service, let count), .slowContainer(let service, let count, _):
      afflicted["\(fault.words)"] = Array(workers.serving(service).prefix(count))
    default: break
    }
    set(fault, true)
  }

  /// Ends a fault before its time, or one that had none.
  func end(_ fault: Fault) { set(fault, false) }

  /// Somebody writes the table, and nothing is rolled out.
  private func assign(_ service: ServiceReference, _ model: String) {
    tell("somebody", "writes \(model) into the assignment table for \(service) by hand")
    guard let name = operations.storeName(of: service) else {
      return tell("somebody", "\(service) is not there")
    }
    let outcome = workers.store.assign(service: name, modelPath: model, firstBoot: false)
    switch outcome.result {
    case .success: observations.assigned(model, to: service)
    case .failure(let error): tell("somebody", "\(error.message)")
    }
  }

  private func set(_ fault: Fault, _ isOn: Bool) {
    tell("fault", "\(fault.words) \(isOn ? "begins" : "ends")")
    switch fault {
    case .unresponsive:
      for container in afflicted(by: fault, isOn) { container.setResponsive(!isOn) }
    case .slowContainer(_, _, let factor):
      for container in afflicted(by: fault, isOn) { container.cpuFactor = isOn ? factor : 1 }
    case .storageNotMounted(let node):
      nodes.setStorageMounted(!isOn, on: node)
      if isOn {
        workers.mount.faults.notMountedNodes.insert(node)
      } else {
        workers.mount.faults.notMountedNodes.remove(node)
      }
    case .storageSlow(let delay): workers.mount.faults.delay = isOn ? delay : .zero
    case .modelMissing(let application, let model):
      setFile(isOn ? .missing : nil, application, model)
    case .modelDamaged(let application, let model):
      setFile(isOn ? .corrupt(seed: 1) : nil, application, model)
    case .registryDown: registry.isDown = isOn
    case .registrySlow(let factor): registry.slownessPercent = isOn ? 100 * factor : 100
    case .imageMissing(let image):
      if isOn { registry.remove(image) } else { registry[image] = nil }
    case .gitDown: workers.gitHost.isDown = isOn
    case .gitRefuses(let repository): workers.gitHost[repository]?.refusesKey = isOn
    case .storeUnavailable: workers.store.fault = isOn ? .unavailable : nil
    case .storeLocked: workers.store.fault = isOn ? .locked(waited: Self.lockWait) : nil
    case .storeSlow(let delay): workers.store.fault = isOn ? .slow(delay) : nil
    case .partition, .linkCut, .linkSlow, .linkLossy, .namesFail, .namesSilent, .namesSlow,
      .ingressDown:
      setNetwork(fault, isOn)
    case .serverDown, .serverErrors, .serverSlow, .watchesCut, .schedulerPaused, .metricsDown,
      .clockSkew:
      setCluster(fault, isOn)
    }
  }

  private func afflicted(by fault: Fault, _ isOn: Bool) -> [WorkerContainer] {
    isOn ? afflicted[fault.words] ?? [] : afflicted.removeValue(forKey: fault.words) ?? []
  }

  private func setFile(
    _ fault: StorageFaults.FileFault?, _ application: String, _ model: String
  ) {
    guard let path = try? ModelPath(application: application, file: model) else { return }
    workers.mount.faults.files[path] = fault
  }

  private func setNetwork(_ fault: Fault, _ isOn: Bool) {
    let network = network.network
    switch fault {
    case .partition(let node):
      if isOn {
        network.partition(between: node, and: "*")
        nodes.cutOff(node)
      } else {
        network.heal(between: node, and: "*")
        nodes.start(node)
      }
    case .linkCut(let first, let second):
      if isOn {
        network.partition(between: first, and: second)
      } else {
        network.heal(between: first, and: second)
      }
    case .linkSlow(let first, let second, let delay, let jitter):
      var link = network.defaultLink
      link.latency += delay
      link.jitter = jitter
      network.setLink(between: first, and: second, isOn ? link : nil)
    case .linkLossy(let first, let second, let rate):
      var link = network.defaultLink
      link.loss = rate
      network.setLink(between: first, and: second, isOn ? link : nil)
    case .namesFail: network.names.setFault(isOn ? .fails : nil, for: "*")
    case .namesSilent: network.names.setFault(isOn ? .silent : nil, for: "*")
    case .namesSlow(let delay): network.names.setFault(isOn ? .slow(delay) : nil, for: "*")
    case .ingressDown: self.network.setIngress(isUp: !isOn)
    default: preconditionFailure("\(fault) is not the network's")
    }
  }

  private func setCluster(_ fault: Fault, _ isOn: Bool) {
    let faults = cluster.server.faults
    switch fault {
    case .serverDown: faults.isDown = isOn
    case .serverErrors(let rate): faults.errorRate = isOn ? rate : 0
    case .serverSlow(let delay): faults.latency = isOn ? delay : .zero
    case .watchesCut: faults.areWatchesCut = isOn
    case .schedulerPaused: cluster.isSchedulerPaused = isOn
    case .metricsDown: nodes.setMetricsAvailable(!isOn)
    case .clockSkew(let node, let skew): nodes.setClock(isOn ? skew : .zero, on: node)
    default: preconditionFailure("\(fault) is not the cluster's")
    }
  }
}
