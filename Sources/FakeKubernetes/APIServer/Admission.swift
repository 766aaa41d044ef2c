import KubernetesAPI
import SimulationKernel

/// What upstream's admission plug-ins do to objects on their way in.
struct Admission {
  /// Pod contents that were seen, with what admission made of them.
  ///
  /// So the pods of one template share one content. The contents are kept, so that their
  /// identities stay theirs.
  private var contents:
    [ObjectIdentifier: (given: Shared<PodSpecContent>, admitted: Shared<PodSpecContent>)] = [:]
  /// Contents that were found to have no fault; the pods of one template are checked once.
  private var valid: [ObjectIdentifier: Shared<PodSpecContent>] = [:]
  /// Metadata with a generated name that was found to have no fault, by the name's base.
  private var validMetadata: [String: (resource: ResourceType, metadata: ObjectMeta)] = [:]
  /// How many contents are remembered before all are forgotten.
  private static let contentsMax = 4096
  private var services = ServiceAllocation()

  mutating func admit<Object: KubernetesObject>(_ object: inout Object, server: APIServer)
    throws(StatusError)
  {
    if Object.resource.isNamespaced {
      try checkNamespace(object, server)
    }
    if var pod = object as? Pod {
      pod.spec.content = try admitted(pod, server)
      if let changed = pod as? Object { object = changed }
    } else if var node = object as? Node, server.configuration.taintsNewNodes {
      node.taintNotReady()
      if let changed = node as? Object { object = changed }
    } else if let priority = object as? PriorityClass {
      try PriorityRules.check(priority, server)
    }
  }

  /// Gives a Service addresses and ports, and what a change leaves out of them.
  mutating func allocate<Object: KubernetesObject>(
    _ object: inout Object, over old: Object?, server: APIServer
  ) throws(StatusError) {
    guard var service = object as? Service else { return }
    if let old = old as? Service {
      try services.allocate(&service, over: old, server)
    } else {
      try services.allocate(&service, server)
    }
    if let changed = service as? Object { object = changed }
  }

  /// Whether an object has all defaults already: a pod with a content that was seen to gain nothing.
  func isKnownComplete<Object: KubernetesObject>(_ object: Object) -> Bool {
    guard let pod = object as? Pod else { return false }
    return contents[pod.spec.content.identity] != nil
  }

  func isKnownValid(_ content: Shared<PodSpecContent>) -> Bool {
    valid[content.identity] != nil
  }

  mutating func remember(valid content: Shared<PodSpecContent>) {
    if valid.count >= Self.contentsMax { valid = [:] }
    valid[content.identity] = content
  }

  /// Whether only the generated end of the name differs from metadata that had no fault.
  func isKnownValid(_ metadata: ObjectMeta, _ resource: ResourceType) -> Bool {
    guard let known = validMetadata[metadata.generateName], known.resource === resource else {
      return false
    }
    return known.metadata.hasSameTexts(as: metadata)
      && NameGenerator.isName(metadata.name, of: metadata.generateName)
  }

  mutating func remember(valid metadata: ObjectMeta, _ resource: ResourceType) {
    guard NameGenerator.isName(metadata.name, of: metadata.generateName) else { return }
    if validMetadata.count >= Self.contentsMax { validMetadata = [:] }
    validMetadata[metadata.generateName] = (resource, metadata)
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

  /// How long a pod that says nothing stays on a lost node
  /// (`plugin/pkg/admission/defaulttolerationseconds/admission.go`).
  static let tolerationSeconds: Int64 = 300

  /// What admission makes of the pod's content; remembered until priority classes change.
  private mutating func admitted(_ pod: Pod, _ server: APIServer) throws(StatusError)
    -> Shared<PodSpecContent>
  {
    let given = pod.spec.content
    if let known = contents[given.identity] { return known.admitted }
    var content = given.value
    content.applyPodDefaults()
    try PriorityRules.apply(to: &content, pod, server)
    if server.configuration.addsDefaultTolerations {
      for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        content.tolerateForFiveMinutes(key)
      }
    }
    let admitted = content == given.value ? given : Shared(content)
    if contents.count >= Self.contentsMax { contents = [:] }
    contents[given.identity] = (given, admitted)
    return admitted
  }

  /// Priority classes have changed: what was made of contents may not hold any more.
  mutating func forgetContents() { contents = [:] }
}

extension ObjectMeta {
  /// Whether all that is validated but the name is what was found valid before.
  func hasSameTexts(as old: ObjectMeta) -> Bool {
    labels == old.labels && annotations == old.annotations
      && ownerReferences == old.ownerReferences && finalizers == old.finalizers
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
    toleration.tolerationSeconds = Admission.tolerationSeconds
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
