package import KubernetesAPI

extension APIServer {
  /// Asks for deletion: at once, or after grace period and finalizers.
  ///
  /// A bound pod gets its deletionTimestamp and waits for the kubelet's final deletion (grace
  /// period 0). Returns the object as it is afterwards, or its last state. Source:
  /// `apiserver/pkg/registry/rest/delete.go` BeforeDelete.
  @discardableResult
  package func delete<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String,
    options: DeleteOptions = DeleteOptions()
  ) throws(StatusError) -> Object {
    try faults.check()
    let old = try get(type, namespace, name)
    try check(options, old)
    if Self.immortalNamespaces.contains(name), Object.self is Namespace.Type {
      throw .forbidden(Object.resource, name, "this namespace may not be deleted")
    }
    if let deadline = old.metadata.deletionTimestamp,
      let pending = old.metadata.deletionGracePeriodSeconds, pending > 0, old is Pod
    {
      // Whoever asks again may only ask for less time; all else that is asked for is ignored.
      guard let asked = options.gracePeriodSeconds.map({ $0 < 0 ? 1 : $0 }), asked < pending else {
        return old
      }
      return shorten(old, to: asked, deadline + (asked - pending), options)
    }
    var object = old
    object.metadata.changeFinalizers(for: options.propagationPolicy)
    let grace = object.gracePeriod(options)
    if grace == 0, object.metadata.finalizers.isEmpty, !(object is Namespace) {
      if object is Pod || object.metadata.isBeingDeleted {
        if !object.metadata.isBeingDeleted { object.metadata.generation += 1 }
        object.metadata.deletionTimestamp = object.metadata.deletionTimestamp ?? now
        object.metadata.deletionGracePeriodSeconds = 0
      }
      return commit(.deleted, object, previous: old)
    }
    if object.metadata.deletionTimestamp == nil {
      object.metadata.deletionTimestamp = now + grace
      if !(object is Namespace) { object.metadata.deletionGracePeriodSeconds = grace }
      if object.metadata.generation > 0 { object.metadata.generation += 1 }
    }
    if var space = object as? Namespace {
      space.status.phase = "Terminating"
      if let changed = space as? Object { object = changed }
    }
    return store(object, over: old)
  }

  /// Brings forward the end of a pod that is going already.
  private func shorten<Object: KubernetesObject>(
    _ old: Object, to grace: Int64, _ deadline: Timestamp, _ options: DeleteOptions
  ) -> Object {
    var object = old
    object.metadata.changeFinalizers(for: options.propagationPolicy)
    // Time that is over already leaves a second.
    let isOver = grace > 0 && deadline.seconds < now.seconds
    object.metadata.deletionTimestamp = isOver ? now : deadline
    object.metadata.deletionGracePeriodSeconds = isOver ? 1 : grace
    if grace == 0, object.metadata.finalizers.isEmpty {
      return commit(.deleted, object, previous: old)
    }
    return store(object, over: old)
  }

  /// Throws 409 unless the object is the one that is to be deleted.
  func check<Object: KubernetesObject>(_ options: DeleteOptions, _ object: Object)
    throws(StatusError)
  {
    let metadata = object.metadata
    // Upstream names the kind here where it names the plural elsewhere.
    let resource = ResourceType(
      group: Object.resource.group, kind: Object.resource.kind, plural: Object.resource.kind)
    if let uid = options.uid, uid != metadata.uid {
      throw .conflict(
        resource, metadata.name,
        "the UID in the precondition (\(uid)) does not match the UID in record "
          + "(\(metadata.uid)). The object might have been deleted and then recreated")
    }
    if let wanted = options.resourceVersion, wanted != metadata.resourceVersion {
      throw .conflict(
        resource, metadata.name,
        "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion "
          + "in record (\(metadata.resourceVersion)). The object might have been modified")
    }
  }

  /// Source: `apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go`.
  private static let immortalNamespaces = ["default", "kube-system", "kube-public"]
}

extension ObjectMeta {
  /// Finalizer of foreground deletion.
  static let foregroundFinalizer = "foregroundDeletion"
  /// Finalizer of orphaning deletion.
  static let orphanFinalizer = "orphan"

  fileprivate mutating func changeFinalizers(for policy: PropagationPolicy?) {
    guard let policy else { return }
    finalizers.removeAll { $0 == Self.foregroundFinalizer || $0 == Self.orphanFinalizer }
    switch policy {
    case .background: break
    case .foreground: finalizers.append(Self.foregroundFinalizer)
    case .orphan: finalizers.append(Self.orphanFinalizer)
    }
  }
}

extension KubernetesObject {
  /// Seconds until the object is killed; only bound, running pods have any.
  ///
  /// Source: `pkg/registry/core/pod/strategy.go` CheckGracefulDelete.
  fileprivate func gracePeriod(_ options: DeleteOptions) -> Int64 {
    guard let pod = self as? Pod, !pod.spec.nodeName.isEmpty, !pod.isTerminal else { return 0 }
    let seconds =
      options.gracePeriodSeconds ?? pod.spec.content.value.terminationGracePeriodSeconds ?? 30
    return seconds < 0 ? 1 : seconds
  }
}
