package import JSON

/// Access to a Kubernetes API in terms of JSON objects.
///
/// Kinds are named by their plural, with the group where it is not the core group:
/// `deployments.apps`, `pods`; the plural alone is taken where it is unique. Failures are
/// `StatusError`s.
package protocol KubernetesClient: AnyObject {
  /// The objects of a kind, of all namespaces if that is empty, sorted by namespace and name.
  func list(_ kind: String, namespace: String, labelSelector: String)
    -> Result<[JSONValue], StatusError>
  /// One object.
  func get(_ kind: String, namespace: String, name: String) -> Result<JSONValue, StatusError>
  /// Makes an object; its kind stands in it, its namespace there or in the argument.
  func create(_ object: JSONValue, namespace: String) -> Result<JSONValue, StatusError>
  /// Replaces an object; with a `resourceVersion` in it only that version.
  func replace(_ object: JSONValue, namespace: String) -> Result<JSONValue, StatusError>
  /// Changes an object.
  func patch(
    _ kind: String, namespace: String, name: String, subresource: String, type: PatchType,
    _ patch: JSONValue
  ) -> Result<JSONValue, StatusError>
  /// Deletes an object, what it owns in the background or as said.
  func delete(_ kind: String, namespace: String, name: String, options: DeleteOptions)
    -> Result<JSONValue, StatusError>
}

/// How a patch is applied.
package enum PatchType: String, Sendable {
  case strategicMerge = "application/strategic-merge-patch+json"
  case merge = "application/merge-patch+json"
  case json = "application/json-patch+json"
  /// Server-side apply; only sizes can be applied.
  case apply = "application/apply-patch+yaml"
}

/// What happens to what a deleted object owns.
package enum PropagationPolicy: String, Sendable {
  /// The owner goes at once, what it owns after it.
  case background = "Background"
  /// The owner goes when what it owns has gone.
  case foreground = "Foreground"
  /// What it owns stays, without the owner.
  case orphan = "Orphan"
}

/// How an object is deleted.
package struct DeleteOptions: Equatable, Sendable {
  package var propagationPolicy: PropagationPolicy?
  /// For pods: seconds until they are killed; nil: their own.
  package var gracePeriodSeconds: Int64?
  /// Only this object, not a later one of its name.
  package var uid: String?
  package var resourceVersion: String?

  package init(
    propagationPolicy: PropagationPolicy? = nil, gracePeriodSeconds: Int64? = nil,
    uid: String? = nil, resourceVersion: String? = nil
  ) {
    self.propagationPolicy = propagationPolicy
    self.gracePeriodSeconds = gracePeriodSeconds
    self.uid = uid
    self.resourceVersion = resourceVersion
  }
}
