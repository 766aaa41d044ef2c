import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `scheduler_*` about pods that are there, and about taints.
enum SchedulerAffinityRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "scheduler_interpod_affinity": interPodAffinity, "scheduler_taint_score": taintScore,
    "scheduler_taint_filter": taintFilter,
  ]

  private static func interPodAffinity(_ row: TableRow) throws -> JSONValue {
    var nodes = try row.rows("nodes").map { field in
      SchedulingNode(name: try field.text("name"), labels: try field.textMap("labels"))
    }
    for existing in try row.rows("existingPods") {
      let name = try existing.text("node")
      guard let index = nodes.firstIndex(where: { $0.name == name }) else { continue }
      nodes[index].add(SchedulingPod(try pod(existing)))
    }
    var namespaceLabels: [String: [String: String]] = [:]
    let namespaces = try row.object("namespaceLabels")
    for name in namespaces.input.objectValue?.keys ?? [] {
      namespaceLabels[name] = try namespaces.textMap(name)
    }
    let pod = SchedulingPod(try pod(row.object("pod")))
    if pod.invalidAffinity != nil { return ["status": "Error", "scores": .null] }
    let scores = AffinityScores.interPodAffinity(
      pod, nodes: nodes, candidates: nodes, namespaceLabels: namespaceLabels,
      hardWeight: try row.int("hardPodAffinityWeight"),
      ignoresPreferencesOfOthers: try row.flag("ignorePreferredTermsOfExistingPods"))
    guard let scores else { return ["status": "Skip", "scores": .null] }
    return ["status": "Success", "scores": object(nodes, scores)]
  }

  private static func object(_ nodes: [SchedulingNode], _ scores: [Int]) -> JSONValue {
    .object(JSONObject(zip(nodes, scores).map { ($0.name, JSONValue($1)) }))
  }

  private static func pod(_ row: TableRow) throws -> Pod {
    var pod = Pod()
    pod.metadata.namespace = try row.text("namespace")
    pod.metadata.labels = try row.textMap("labels")
    guard let fields = try row.optionalObject("affinity") else { return pod }
    var podAffinity = PodAffinity()
    podAffinity.required = try fields.rows("required").map(term)
    podAffinity.preferred = try fields.rows("preferred").map(weightedTerm)
    var podAntiAffinity = PodAffinity()
    podAntiAffinity.preferred = try fields.rows("antiPreferred").map(weightedTerm)
    var affinity = Affinity()
    affinity.podAffinity = podAffinity
    affinity.podAntiAffinity = podAntiAffinity
    pod.spec.affinity = affinity
    return pod
  }

  private static func weightedTerm(_ row: TableRow) throws -> WeightedPodAffinityTerm {
    var weighted = WeightedPodAffinityTerm()
    weighted.weight = try row.int("weight")
    weighted.podAffinityTerm = try term(row)
    return weighted
  }

  private static func term(_ row: TableRow) throws -> PodAffinityTerm {
    var term = PodAffinityTerm()
    term.topologyKey = try row.text("topologyKey")
    term.namespaces = try row.texts("namespaces")
    term.labelSelector = try selector(row, "matchExpressions")
    term.namespaceSelector = try selector(row, "namespaceSelector")
    return term
  }

  /// A selector of a list of expressions; nil for null.
  private static func selector(_ row: TableRow, _ key: String) throws -> LabelSelector? {
    guard let expressions = row.value(key) else { return nil }
    return try LabelSelector(json: ["matchExpressions": expressions])
  }

  private static func tolerations(_ row: TableRow) throws -> [TaintToleration] {
    try row.list("tolerations").map { TaintToleration(try Toleration(json: $0)) }
  }

  private static func taints(_ row: TableRow) throws -> [NodeTaint] {
    try row.list("taints").map { NodeTaint(try Taint(json: $0)) }
  }

  private static func taintScore(_ row: TableRow) throws -> JSONValue {
    let nodes = try row.rows("nodes").map { field in
      SchedulingNode(name: try field.text("name"), taints: try taints(field))
    }
    let scores = AffinityScores.taints(
      try tolerations(row), nodes: nodes, comparesNumbers: try row.flag("comparisonOperators"))
    return ["scores": object(nodes, scores)]
  }

  private static func taintFilter(_ row: TableRow) throws -> JSONValue {
    let isSchedulable = SchedulingFilters.toleratesAll(
      try taints(row), try tolerations(row),
      comparesNumbers: try row.flag("comparisonOperators"))
    return ["schedulable": .bool(isSchedulable)]
  }
}
