import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `deployment_*` about templates, revisions and annotations.
enum DeploymentHistoryRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "deployment_equal_ignore_hash": equalIgnoringHash, "deployment_find_new_rs": findNew,
    "deployment_find_old_rs": findOld, "deployment_annotation_int": annotationNumber,
    "deployment_replicas_annotations_need_update": needUpdate,
    "deployment_cleanup_history": cleanUpHistory, "deployment_cleanup_order": cleanUpOrder,
  ]

  private static func equalIgnoringHash(_ row: TableRow) throws -> JSONValue {
    func template(_ row: TableRow) throws -> PodTemplate {
      var template = PodTemplate()
      template.metadata.name = try row.text("name")
      template.metadata.annotations = try row.textMap("annotations")
      template.metadata.labels = try row.textMap("labels")
      template.spec.nodeName = try row.text("nodeName")
      return template
    }
    let a = try template(row.object("a"))
    let b = try template(row.object("b"))
    let equal = RevisionAnnotations.areEqual(a, b)
    guard equal == RevisionAnnotations.areEqual(b, a) else {
      throw TableError("a equals b, but b does not equal a")
    }
    return ["equal": .bool(equal)]
  }

  /// Templates are told apart by their container's image.
  private static func template(_ image: String) -> PodTemplate {
    var container = Container()
    container.name = "c"
    container.image = image
    var template = PodTemplate()
    template.spec.containers = [container]
    return template
  }

  private static func family(_ row: TableRow) throws -> (Deployment, [ReplicaSet]) {
    var deployment = Deployment()
    deployment.spec.template = template(try row.text("deploymentTemplate"))
    let all = try row.rows("replicaSets").map { field in
      var replicaSet = field.replicaSet(
        try field.text("id"), replicas: try field.int("replicas"),
        created: try field.int64("created"))
      replicaSet.spec.template = template(try field.text("template"))
      return replicaSet
    }
    return (deployment, all)
  }

  private static func findNew(_ row: TableRow) throws -> JSONValue {
    let (deployment, all) = try family(row)
    let found = ReplicaSetChoice.newReplicaSet(deployment, all)
    return ["found": JSONValue(found?.metadata.name)]
  }

  private static func findOld(_ row: TableRow) throws -> JSONValue {
    let (deployment, all) = try family(row)
    let old = ReplicaSetChoice.oldReplicaSets(deployment, all)
    return [
      "old": row.inAnyOrder(old.map(\.metadata.name), like: "old"),
      "oldWithPods": row.inAnyOrder(old.active.map(\.metadata.name), like: "oldWithPods"),
    ]
  }

  private static func annotationNumber(_ row: TableRow) throws -> JSONValue {
    guard let text = row.optionalText("value") else {
      return ["value": 0, "valid": false, "error": .null]
    }
    switch AnnotationNumber.read(text) {
    case .success(let value): return ["value": JSONValue(value), "valid": true, "error": .null]
    case .failure(let fault): return ["value": 0, "valid": false, "error": .string("\(fault)")]
    }
  }

  private static func needUpdate(_ row: TableRow) throws -> JSONValue {
    let areCurrent = RevisionAnnotations.areSizesCurrent(
      try row.textMap("annotations"), desired: try row.int("desired"), most: try row.int("max"))
    return ["needsUpdate": .bool(!areCurrent)]
  }

  private static func cleanUpHistory(_ row: TableRow) throws -> JSONValue {
    let old = try row.rows("oldRSs").map { field in
      var replicaSet = field.replicaSet(
        try field.text("name"), replicas: try field.int("specReplicas"))
      replicaSet.status.replicas = try field.int("statusReplicas")
      if try field.flag("deleting") {
        replicaSet.metadata.deletionTimestamp = Timestamp(seconds: 1_000_000)
      }
      return replicaSet
    }
    let deleted = ReplicaSetChoice.historyToDelete(
      old, limit: row.optionalInt("revisionHistoryLimit"))
    return ["deletions": JSONValue(deleted.count)]
  }

  private static func cleanUpOrder(_ row: TableRow) throws -> JSONValue {
    let old = try row.rows("oldRSs").map { field in
      var replicaSet = field.replicaSet(
        try field.text("name"), replicas: try field.int("replicas"),
        created: try field.int64("created"))
      replicaSet.metadata.annotations[RevisionAnnotations.revision] = field.optionalText(
        "revision")
      return replicaSet
    }
    let deleted = ReplicaSetChoice.historyToDelete(
      old, limit: row.optionalInt("revisionHistoryLimit"))
    return ["deleted": row.inAnyOrder(deleted.map(\.metadata.name), like: "deleted")]
  }
}
