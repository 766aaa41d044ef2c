package import JSON

/// Replicas of a pod template, updated without interruption.
package struct Deployment: KubernetesObject {
  package static let resource = ResourceType(
    group: "apps", kind: "Deployment", plural: "deployments", shortNames: ["deploy"],
    subresources: ["status", "scale"])
  package var metadata = ObjectMeta()
  private var sharedSpec = Deployment.noSpec
  private var sharedStatus = Deployment.noStatus

  private static let noSpec = Shared(DeploymentSpec())
  private static let noStatus = Shared(DeploymentStatus())

  package init() {}

  package var spec: DeploymentSpec {
    _read { yield sharedSpec.value }
    _modify { yield &sharedSpec.value }
  }

  package var status: DeploymentStatus {
    _read { yield sharedStatus.value }
    _modify { yield &sharedStatus.value }
    set { sharedStatus = Shared(newValue) }
  }

  /// `spec.paused`, for closures that set nothing else: the optimizer of Swift 6.2.3 crashes on one
  /// that sets a member of `spec` to a captured number or flag.
  package var isPaused: Bool {
    get { spec.paused }
    set { spec.paused = newValue }
  }

  /// Whether both have the same allocation of what is wanted.
  package func sharesSpec(with other: Deployment) -> Bool {
    sharedSpec.isIdentical(to: other.sharedSpec)
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? DeploymentSpec(FieldReader([:]))
    status = try fields.nested("status") ?? DeploymentStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package static var hasGeneration: Bool { true }

  /// Annotations count too, source `pkg/registry/apps/deployment/strategy.go` PrepareForUpdate.
  package func hasSameSpec(as other: Self) -> Bool {
    sharedSpec == other.sharedSpec && metadata.annotations == other.metadata.annotations
  }

  package mutating func takeStatus(from other: Self) { sharedStatus = other.sharedStatus }

  package mutating func takeSpec(from other: Self) {
    sharedSpec = other.sharedSpec
  }
}

/// What is wanted of a Deployment.
package struct DeploymentSpec: JSONConvertible {
  package var replicas: Int?
  package var selector = LabelSelector()
  /// Whether no selector was given, which is not as good as an empty one.
  package private(set) var lacksSelector = false
  package var template = PodTemplate()
  package var strategy = DeploymentStrategy()
  package var minReadySeconds = 0
  package var revisionHistoryLimit: Int?
  package var paused = false
  package var progressDeadlineSeconds: Int?

  package init() {}

  package init(_ fields: FieldReader) throws {
    replicas = try fields.int("replicas")
    lacksSelector = fields.value("selector") == nil
    selector = try fields.nested("selector") ?? LabelSelector()
    template = try fields.nested("template") ?? PodTemplate()
    strategy = try fields.nested("strategy") ?? DeploymentStrategy()
    minReadySeconds = try fields.int("minReadySeconds") ?? 0
    revisionHistoryLimit = try fields.int("revisionHistoryLimit")
    paused = try fields.bool("paused") ?? false
    progressDeadlineSeconds = try fields.int("progressDeadlineSeconds")
  }

  package func write(to object: inout JSONObject) {
    object.put("replicas", replicas)
    object["selector"] = selector.json
    object["template"] = template.json
    object["strategy"] = strategy.json
    object.putCount("minReadySeconds", minReadySeconds)
    object.put("revisionHistoryLimit", revisionHistoryLimit)
    object.putFlag("paused", paused)
    object.put("progressDeadlineSeconds", progressDeadlineSeconds)
  }
}

/// How old pods are replaced.
package struct DeploymentStrategy: JSONConvertible {
  /// `RollingUpdate` or `Recreate`.
  package var type = ""
  package var rollingUpdate: RollingUpdate?

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    rollingUpdate = try fields.nested("rollingUpdate")
  }

  package func write(to object: inout JSONObject) {
    object.putText("type", type)
    object.put("rollingUpdate", rollingUpdate)
  }
}

/// How far a rolling update may be from the wanted size.
package struct RollingUpdate: JSONConvertible {
  package var maxUnavailable: IntOrString?
  package var maxSurge: IntOrString?

  package init() {}

  package init(_ fields: FieldReader) throws {
    maxUnavailable = try fields.intOrString("maxUnavailable")
    maxSurge = try fields.intOrString("maxSurge")
  }

  package func write(to object: inout JSONObject) {
    object.put("maxUnavailable", maxUnavailable)
    object.put("maxSurge", maxSurge)
  }
}

/// What was observed of a Deployment.
package struct DeploymentStatus: JSONConvertible {
  package var observedGeneration: Int64 = 0
  package var replicas = 0
  package var updatedReplicas = 0
  package var readyReplicas = 0
  package var availableReplicas = 0
  package var unavailableReplicas = 0
  package var terminatingReplicas: Int?
  package var conditions: [Condition] = []
  package var collisionCount: Int?

  package init() {}

  package init(_ fields: FieldReader) throws {
    observedGeneration = try fields.int64("observedGeneration") ?? 0
    replicas = try fields.int("replicas") ?? 0
    updatedReplicas = try fields.int("updatedReplicas") ?? 0
    readyReplicas = try fields.int("readyReplicas") ?? 0
    availableReplicas = try fields.int("availableReplicas") ?? 0
    unavailableReplicas = try fields.int("unavailableReplicas") ?? 0
    terminatingReplicas = try fields.int("terminatingReplicas")
    conditions = try fields.list("conditions")
    collisionCount = try fields.int("collisionCount")
  }

  package func write(to object: inout JSONObject) {
    if observedGeneration != 0 { object.put("observedGeneration", observedGeneration) }
    object.putCount("replicas", replicas)
    object.putCount("updatedReplicas", updatedReplicas)
    object.putCount("readyReplicas", readyReplicas)
    object.putCount("availableReplicas", availableReplicas)
    object.putCount("unavailableReplicas", unavailableReplicas)
    object.put("terminatingReplicas", terminatingReplicas)
    if !conditions.isEmpty {
      object["conditions"] = conditions.json(withNull: ["lastUpdateTime"])
    }
    object.put("collisionCount", collisionCount)
  }
}
