import KubernetesAPI
import SimulationKernel

/// What upstream's admission plug-ins do to objects on their way in.
struct Admission {
  /// Pod contents that were seen, with what admission made of them.
  ///
  /// So the pods of one
  /// template share one content. Bounded; the oldest goes first.
  private var contents: [(given: Shared<PodSpecContent>, admitted: Shared<PodSpecContent>)] = []
  /// Contents that were found to have no fault; the pods of one template are checked once.
  private var valid: [Shared<PodSpecContent>] = []
  private var addresses = 0
  private var nodePorts: Set<Int> = []

  mutating func admit<Object: KubernetesObject>(_ object: inout Object, server: APIServer)
    throws(StatusError)
  {
    if Object.resource.isNamespaced { try checkNamespace(object, server) }
    if var pod = object as? Pod {
      try QuotaRules.check(pod, server)
      pod.spec.content = admitted(pod.spec.content, server.configuration)
      if let changed = pod as? Object { object = changed }
    } else if var node = object as? Node, server.configuration.taintsNewNodes {
      node.taintNotReady()
      if let changed = node as? Object { object = changed }
    } else if var service = object as? Service {
      allocate(&service, server)
      if let changed = service as? Object { object = changed }
    }
  }

  func isKnownValid(_ content: Shared<PodSpecContent>) -> Bool {
    valid.contains { $0.isIdentical(to: content) }
  }

  mutating func remember(valid content: Shared<PodSpecContent>) {
    if valid.count >= 64 { valid.removeFirst() }
    valid.append(content)
  }

  private func checkNamespace<Object: KubernetesObject>(_ object: Object, _ server: APIServer)
    throws(StatusError)
  {
    let name = object.metadata.namespace
    guard let namespace = server.find(Namespace.self, "", name) else {
      throw .notFound(Namespace.resource, name)
    }
    guard namespace.metadata.isBeingDeleted else { return }
    var error = StatusError.forbidden(
      Object.resource, object.metadata.name,
      "unable to create new content in namespace \(name) because it is being terminated")
    error.causes = [
      StatusError.Cause(
        reason: "NamespaceTerminating", message: "namespace \(name) is being terminated",
        field: "metadata.namespace")
    ]
    throw error
  }

  private mutating func admitted(
    _ given: Shared<PodSpecContent>, _ configuration: APIServer.Configuration
  ) -> Shared<PodSpecContent> {
    if let known = contents.last(where: { $0.given.isIdentical(to: given) }) {
      return known.admitted
    }
    var content = given.value
    content.applyPodDefaults()
    if content.priority == nil { content.priority = 0 }
    if content.preemptionPolicy == nil { content.preemptionPolicy = "PreemptLowerPriority" }
    if configuration.addsDefaultTolerations {
      for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        content.tolerateForFiveMinutes(key)
      }
    }
    let admitted = content == given.value ? given : Shared(content)
    if contents.count >= 64 { contents.removeFirst() }
    contents.append((given, admitted))
    return admitted
  }

  private mutating func allocate(_ service: inout Service, _ server: APIServer) {
    if service.spec.type == "ExternalName" { return }
    if service.spec.clusterIP.isEmpty {
      addresses += 1
      let number = addresses + 9
      service.spec.clusterIP = "10.96.\(number / 256).\(number % 256)"
    }
    service.spec.clusterIPs = [service.spec.clusterIP]
    guard service.spec.type == "NodePort" || service.spec.type == "LoadBalancer" else { return }
    let stream = server.simulation.randomStream("kubernetes/node-port")
    for index in service.spec.ports.indices {
      var port = service.spec.ports[index].nodePort
      while port == 0 || (service.spec.ports[index].nodePort == 0 && nodePorts.contains(port)) {
        port = 30_000 + stream.integer(below: 2_768)
      }
      service.spec.ports[index].nodePort = port
      nodePorts.insert(port)
    }
  }
}

extension PodSpecContent {
  /// Source: `plugin/pkg/admission/defaulttolerationseconds`.
  fileprivate mutating func tolerateForFiveMinutes(_ key: String) {
    let isTolerated = tolerations.contains {
      ($0.key == key || $0.key.isEmpty) && ($0.effect.isEmpty || $0.effect == "NoExecute")
    }
    if isTolerated { return }
    var toleration = Toleration()
    toleration.key = key
    toleration.operatorName = "Exists"
    toleration.effect = "NoExecute"
    toleration.tolerationSeconds = 300
    tolerations.append(toleration)
  }
}

extension Node {
  /// Source: `plugin/pkg/admission/nodetaint/admission.go`.
  fileprivate mutating func taintNotReady() {
    var taint = Taint()
    taint.key = "node.kubernetes.io/not-ready"
    taint.effect = "NoSchedule"
    if spec.taints.contains(where: { $0.key == taint.key && $0.effect == taint.effect }) { return }
    spec.taints.append(taint)
  }
}
