import JSON
package import KubernetesAPI

/// A kind with a scale subresource.
package protocol Scalable: KubernetesObject {
  /// The wanted size.
  var scaleReplicas: Int { get set }
  /// The observed size.
  var scaleStatusReplicas: Int { get }
  /// The selector of the pods.
  var scaleSelector: LabelSelector { get }
}

extension Deployment: Scalable {
  package var scaleReplicas: Int {
    get { spec.replicas ?? 1 }
    set { spec.replicas = newValue }
  }
  package var scaleStatusReplicas: Int { status.replicas }
  package var scaleSelector: LabelSelector { spec.selector }
}

extension ReplicaSet: Scalable {
  package var scaleReplicas: Int {
    get { spec.replicas ?? 1 }
    set { spec.replicas = newValue }
  }
  package var scaleStatusReplicas: Int { status.replicas }
  package var scaleSelector: LabelSelector { spec.selector }
}

extension APIServer {
  /// The scale of an object; throws 404 if the kind has none or the object is absent.
  package func scale(kind: String, _ namespace: String, _ name: String) throws(StatusError) -> Scale
  {
    switch kind {
    case "Deployment": return scale(of: try get(Deployment.self, namespace, name))
    case "ReplicaSet": return scale(of: try get(ReplicaSet.self, namespace, name))
    default: throw noScale(kind)
    }
  }

  /// Sets the wanted size of an object, if it still is what `metadata` says.
  @discardableResult
  package func setScale(
    kind: String, _ namespace: String, _ name: String, replicas: Int,
    as metadata: ObjectMeta = ObjectMeta()
  ) throws(StatusError) -> Scale {
    switch kind {
    case "Deployment":
      return try setScale(try get(Deployment.self, namespace, name), replicas, as: metadata)
    case "ReplicaSet":
      return try setScale(try get(ReplicaSet.self, namespace, name), replicas, as: metadata)
    default: throw noScale(kind)
    }
  }

  func patchScale<Object: KubernetesObject>(
    _ old: Object, _ type: PatchType, _ patch: JSONValue
  ) throws(StatusError) -> JSONValue {
    guard let scalable = old as? any Scalable else { throw noScale(Object.resource.kind) }
    return try patchScalable(scalable, type, patch)
  }

  private func patchScalable<Object: Scalable>(
    _ old: Object, _ type: PatchType, _ patch: JSONValue
  ) throws(StatusError) -> JSONValue {
    let document = try patched(scale(of: old).json, type, patch)
    var changed: Scale
    do {
      changed = try Scale(json: document)
    } catch {
      throw .invalidPatch("\(error)")
    }
    try changed.checkPlace(old.metadata.namespace, old.metadata.name)
    try changed.settleVersion()
    // Only a whole scale says which object it is of.
    changed.metadata.uid = ""
    return try setScale(old, changed.spec.replicas, as: changed.metadata).json
  }

  private func setScale<Object: Scalable>(
    _ old: Object, _ replicas: Int, as metadata: ObjectMeta
  ) throws(StatusError) -> Scale {
    if !metadata.uid.isEmpty, metadata.uid != old.metadata.uid {
      throw .otherIdentity(metadata.uid, old)
    }
    let version = metadata.resourceVersion
    if !version.isEmpty, version != old.metadata.resourceVersion {
      throw .modified(Object.resource, old.metadata.name)
    }
    if replicas < 0 {
      var causes = CauseList()
      causes.invalid("spec.replicas", "\(replicas)", "must be greater than or equal to 0")
      throw .invalid(Scale.resource, old.metadata.name, causes.causes)
    }
    var changed = old
    changed.scaleReplicas = replicas
    return scale(of: try replace(old, with: changed))
  }

  private func scale<Object: Scalable>(of object: Object) -> Scale {
    var scale = Scale()
    scale.metadata = ObjectMeta(identityOf: object.metadata)
    scale.spec.replicas = object.scaleReplicas
    scale.status.replicas = object.scaleStatusReplicas
    scale.status.selector = object.scaleSelector.text
    return scale
  }

  private func noScale(_ kind: String) -> StatusError {
    StatusError(
      code: 404, reason: "NotFound",
      message: "the server could not find the requested resource (scale of \(kind))")
  }
}

extension StatusError {
  /// 422: what a patch makes is no object of the kind.
  ///
  /// Upstream shows the object or the patch; nobody should read that.
  static func invalidPatch(_ message: String, shown: String = "") -> StatusError {
    var causes = CauseList()
    causes.invalid("patch", "\"\(shown)\"", message)
    return .invalid(ResourceType(kind: "", plural: ""), "", causes.causes)
  }

  /// 409: an object of that name, but not the one that is meant.
  static func otherIdentity<Object: KubernetesObject>(_ uid: String, _ old: Object) -> StatusError {
    .conflict(
      Object.resource, old.metadata.name,
      "StorageError: invalid object, Code: 4, Key: /registry/\(Object.resource.plural)/\(old.key), "
        + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: \(uid), "
        + "UID in object meta: \(old.metadata.uid)")
  }
}
