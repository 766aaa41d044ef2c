package import KubernetesAPI

extension APIServer {
  /// Makes an object; the server sets its identity, times and defaults.
  ///
  /// Throws 409 if the name is taken, 404 or 403 for a missing or ending namespace, 422 if
  /// fields are at fault.
  @discardableResult
  package func create<Object: KubernetesObject>(_ given: Object) throws(StatusError) -> Object {
    try create(given, isKnownValid: false)
  }

  /// Makes an object that may be known to have no field at fault, as a component's own event.
  @discardableResult
  func create<Object: KubernetesObject>(
    _ given: Object, isKnownValid: Bool
  ) throws(StatusError) -> Object {
    try faults.check()
    var object = given
    let resource = Object.resource
    object.metadata.begin(uid: names.uid(), now)
    if !given.metadata.resourceVersion.isEmpty {
      throw .badRequest("resourceVersion should not be set on objects to be created")
    }
    if !resource.isNamespaced { object.metadata.namespace = "" }
    let isGenerated = object.metadata.name.isEmpty && !object.metadata.generateName.isEmpty
    for _ in 0..<8 where isGenerated {
      object.metadata.name = names.name(base: object.metadata.generateName)
      if find(Object.self, object.metadata.namespace, object.metadata.name) == nil { break }
    }
    if !admission.isKnownComplete(object) { object.applyDefaults() }
    object.prepareForCreate()
    try admission.admit(&object, server: self)
    if Object.self is Service.Type { try admission.allocate(&object, over: nil, server: self) }
    if !isKnownValid { try validate(object, over: nil) }
    if count(ResourceQuota.self) > 0 { try QuotaRules.charge(object, over: nil, self) }
    if let other = find(Object.self, object.metadata.namespace, object.metadata.name) {
      var error = StatusError.alreadyExists(resource, object.metadata.name)
      if other.metadata.isBeingDeleted {
        error.message = "object is being deleted: \(error.message)"
      }
      throw error
    }
    return commit(.added, object, previous: nil)
  }

  /// Replaces an object but for its status.
  ///
  /// Throws 409 if a version is given and is not the latest.
  @discardableResult
  package func update<Object: KubernetesObject>(_ object: Object) throws(StatusError) -> Object {
    try faults.check()
    let old = try current(for: object)
    return try replace(old, with: object)
  }

  /// Replaces an object's status and its annotations, and nothing else.
  ///
  /// Upstream's status strategies let annotations pass; the Deployment controller writes the
  /// revision in this way.
  @discardableResult
  package func updateStatus<Object: KubernetesObject>(_ object: Object) throws(StatusError)
    -> Object
  {
    try faults.check()
    let old = try current(for: object)
    var changed = old
    changed.takeStatus(from: object)
    changed.metadata.annotations = object.metadata.annotations
    return store(changed, over: old)
  }

  /// Takes the status of an object that a client sent, and what the kind's status strategy lets
  /// pass besides: all metadata but a Deployment's labels and a pod's owners.
  ///
  /// Source: `PrepareForUpdate` of the status strategies under `pkg/registry`.
  func replaceStatus<Object: KubernetesObject>(_ old: Object, by object: Object)
    throws(StatusError) -> Object
  {
    try faults.check()
    var changed = old
    changed.takeStatus(from: object)
    changed.metadata.annotations = object.metadata.annotations
    changed.metadata.finalizers = object.metadata.finalizers
    if !object.metadata.uid.isEmpty { changed.metadata.uid = object.metadata.uid }
    if !(object is Deployment) { changed.metadata.labels = object.metadata.labels }
    if !(object is Pod) { changed.metadata.ownerReferences = object.metadata.ownerReferences }
    changed.prepareStatus(from: old)
    if changed != old {
      var causes = CauseList()
      validateMetadata(changed, over: old, wholes: 0, &causes)
      changed.validateStatus(from: old, &causes)
      try refuse(changed, causes)
    }
    return store(changed, over: old)
  }

  /// Changes the stored object whatever its version, but for its status.
  @discardableResult
  package func modify<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    try faults.check()
    let old = try get(type, namespace, name)
    var changed = old
    change(&changed)
    return try replace(old, with: changed)
  }

  /// Changes the stored object's status whatever its version.
  @discardableResult
  package func modifyStatus<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    try faults.check()
    let old = try get(type, namespace, name)
    var given = old
    change(&given)
    var changed = old
    changed.takeStatus(from: given)
    return store(changed, over: old)
  }

  /// Replaces the status of a pod that was just read by one whose parts are shared already.
  @discardableResult
  func setStatus(_ status: PodStatus, of current: Pod) throws(StatusError) -> Pod {
    try faults.check()
    if current.hasStatus(status) { return current }
    var changed = current
    changed.replaceStatus(status)
    return commitOrRemove(changed, over: current)
  }

  private static let bindings = ResourceType(kind: "Pod", plural: "pods/binding")

  /// Binds a pod to a node and sets PodScheduled; throws 409 if it is bound already.
  @discardableResult
  package func bind(
    _ namespace: String, _ name: String, to node: String, annotations: [String: String] = [:]
  ) throws(StatusError) -> Pod {
    try bind(try get(Pod.self, namespace, name), to: node, annotations: annotations)
  }

  /// Binds a pod as it is in the store.
  @discardableResult
  func bind(
    _ old: Pod, to node: String, annotations: [String: String] = [:]
  ) throws(StatusError) -> Pod {
    try faults.check()
    let (name, pods) = (old.metadata.name, Self.bindings)
    if old.metadata.isBeingDeleted {
      throw .conflict(
        pods, name, "pod \(name) is being deleted, cannot be assigned to a host")
    }
    if !old.spec.nodeName.isEmpty {
      throw .conflict(
        pods, name, "pod \(name) is already assigned to node \"\(old.spec.nodeName)\"")
    }
    if old.isGated {
      throw .conflict(pods, name, "pod \(name) has non-empty .spec.schedulingGates")
    }
    var pod = old
    pod.spec.nodeName = node
    if !annotations.isEmpty { pod.metadata.annotations.merge(annotations) { _, new in new } }
    let scheduled = Condition(type: "PodScheduled", status: .true, lastTransitionTime: now)
    if pod.status.conditions.isEmpty {
      pod.status.conditions = [scheduled]
    } else {
      pod.status.conditions.removeAll { $0.type == "PodScheduled" }
      pod.status.conditions.append(scheduled)
    }
    return store(pod, over: old)
  }

  /// The stored object that a write is meant for; checks version and identity.
  func current<Object: KubernetesObject>(for object: Object) throws(StatusError) -> Object {
    let metadata = object.metadata
    let old = try get(Object.self, metadata.namespace, metadata.name)
    if !metadata.uid.isEmpty, metadata.uid != old.metadata.uid {
      throw .otherIdentity(metadata.uid, old)
    }
    if !metadata.resourceVersion.isEmpty, metadata.resourceVersion != old.metadata.resourceVersion {
      throw .modified(Object.resource, metadata.name)
    }
    return old
  }

  func replace<Object: KubernetesObject>(_ old: Object, with given: Object) throws(StatusError)
    -> Object
  {
    var object = given
    object.metadata.keepServerFields(of: old.metadata)
    object.takeStatus(from: old)
    object.applyDefaults(over: old)
    object.prepareForUpdate(from: old)
    if Object.self is Service.Type { try admission.allocate(&object, over: old, server: self) }
    if let priority = object as? PriorityClass { try PriorityRules.check(priority, self) }
    try validate(object, over: old)
    if count(ResourceQuota.self) > 0, QuotaUsage.isCharged(object, over: old) {
      try QuotaRules.charge(object, over: old, self)
    }
    if Object.hasGeneration, !object.hasSameSpec(as: old) { object.metadata.generation += 1 }
    return store(object, over: old)
  }

  /// Throws 422 with a cause for every field at fault.
  private func validate<Object: KubernetesObject>(_ object: Object, over old: Object?)
    throws(StatusError)
  {
    var causes = CauseList()
    if let old {
      validateMetadata(object, over: old, wholes: Object.metadataChecks.wholes, &causes)
    } else if !admission.isKnownValid(object.metadata, Object.resource) {
      object.metadata.validate(Object.resource, &causes)
      if !(object is Lease) { object.metadata.validateFinalizerForms(&causes) }
      if causes.causes.isEmpty { admission.remember(valid: object.metadata, Object.resource) }
    }
    if let pod = object as? Pod {
      let isKnown =
        (old != nil || pod.spec.nodeName.isEmpty) && admission.isKnownValid(pod.spec.content)
      if !isKnown {
        let count = causes.causes.count
        pod.validate(&causes)
        if causes.causes.count == count { admission.remember(valid: pod.spec.content) }
      }
    } else if old == nil {
      object.validate(&causes)
    }
    if let old {
      object.validateUpdate(from: old, &causes)
    } else if let ingress = object as? Ingress {
      ingress.validateClassAnnotation(&causes)
    }
    try refuse(object, causes)
  }

  /// Looks at changed metadata as often as upstream does.
  private func validateMetadata<Object: KubernetesObject>(
    _ object: Object, over old: Object, wholes: Int, _ causes: inout CauseList
  ) {
    let (metadata, before) = (object.metadata, old.metadata)
    if metadata.sharesFields(with: before) { return }
    let isSame =
      metadata.hasSameTexts(as: before) && metadata.uid == before.uid
      && metadata.deletionTimestamp == before.deletionTimestamp
      && metadata.deletionGracePeriodSeconds == before.deletionGracePeriodSeconds
    if isSame { return }
    let asksForForms = !(object is Lease)
    for check in 0..<Object.metadataChecks.changes {
      metadata.validateUpdate(from: before, &causes)
      if check > 0, asksForForms { metadata.validateFinalizerForms(&causes) }
    }
    for _ in 0..<wholes {
      metadata.validate(Object.resource, &causes)
      if asksForForms { metadata.validateFinalizerForms(&causes) }
    }
  }

  private func refuse<Object: KubernetesObject>(_ object: Object, _ causes: CauseList)
    throws(StatusError)
  {
    if causes.causes.isEmpty { return }
    throw .invalid(Object.resource, object.metadata.name, causes.causes)
  }

  /// Commits a changed object; an unchanged one costs no version, one that nothing holds any
  /// more is deleted.
  func store<Object: KubernetesObject>(_ object: Object, over old: Object) -> Object {
    var object = object
    object.metadata.set(version: old.metadata.version)
    if object == old { return old }
    if var pod = object as? Pod, let oldPod = old as? Pod, !pod.sharesStatus(with: oldPod) {
      var status = pod.status
      statusSharing.share(&status)
      pod.replaceStatus(status)
      if let shared = pod as? Object { object = shared }
    }
    return commitOrRemove(object, over: old)
  }

  private func commitOrRemove<Object: KubernetesObject>(_ object: Object, over old: Object)
    -> Object
  {
    if object.metadata.isBeingDeleted, object.isHeldByNothing {
      // The answer carries the version before the deletion; the watch the deletion's own.
      _ = commit(.deleted, object, previous: old)
      return object
    }
    return commit(.modified, object, previous: old)
  }
}

extension ObjectMeta {
  fileprivate mutating func keepServerFields(of old: ObjectMeta) {
    if sharesFields(with: old) { return }
    name = old.name
    namespace = old.namespace
    if uid.isEmpty { uid = old.uid }
    creationTimestamp = old.creationTimestamp
    // What is not being deleted yet must not say that it is, which validation sees to.
    if old.deletionTimestamp != nil { deletionTimestamp = old.deletionTimestamp }
    if deletionGracePeriodSeconds == nil {
      deletionGracePeriodSeconds = old.deletionGracePeriodSeconds
    }
    generation = old.generation
  }
}

extension KubernetesObject {
  /// Whether a deletion that was asked for may end: no finalizer and no grace period left.
  var isHeldByNothing: Bool {
    guard metadata.finalizers.isEmpty, metadata.deletionGracePeriodSeconds ?? 0 == 0 else {
      return false
    }
    if let namespace = self as? Namespace { return namespace.spec.finalizers.isEmpty }
    return true
  }
}
