import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `pods_*` and `rs_*`: which pods count, are made and go first.
enum PodRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "pods_sort_order": sortOrder, "pods_sort_pairs": sortPairs,
    "pods_active_filter": activeFilter, "rs_slow_start": slowStart,
    "rs_pods_to_delete": podsToDelete,
  ]

  /// A pod of the fields name, node, phase, ready and, where given, times, restarts and cost.
  private static func pod(_ row: TableRow) throws -> Pod {
    var pod = Pod()
    pod.metadata.name = try row.text("name")
    pod.spec.nodeName = try row.text("node")
    pod.status.phase = try row.text("phase")
    if try row.flag("ready") {
      pod.status.conditions = [
        Condition(type: "Ready", status: .true, lastTransitionTime: time(row, "readySince"))
      ]
    }
    pod.metadata.creationTimestamp = time(row, "created")
    for restarts in try row.rows("restarts") {
      var status = ContainerStatus()
      status.restartCount = restarts.input.intValue ?? 0
      pod.status.containerStatuses.append(status)
    }
    if let cost = row.value("deletionCost") {
      pod.metadata.annotations[DeletionRanking.deletionCost] = cost.stringValue ?? cost.text()
    }
    return pod
  }

  /// A time in seconds; null and 0 are none.
  private static func time(_ row: TableRow, _ key: String) -> Timestamp? {
    guard let seconds = row.value(key)?.integerValue, seconds != 0 else { return nil }
    return Timestamp(seconds: seconds)
  }

  private static func sortOrder(_ row: TableRow) throws -> JSONValue {
    let pods = try row.rows("pods").map(pod)
    let now = try row.nanoseconds("now")
    // Any permutation must give the same order: as listed, backwards, and with the odd ones first.
    let odd = pods.indices.filter { $0 % 2 == 1 } + pods.indices.filter { $0 % 2 == 0 }
    let orders = [pods, pods.reversed(), odd.map { pods[$0] }].map { given in
      given.map { ($0.metadata.name, DeletionRanking.RankedPod(pod: $0, rank: 0)) }
        .sorted { DeletionRanking.goesBefore($0.1, $1.1, nowNanoseconds: now) }
        .map(\.0)
    }
    guard orders.allSatisfy({ $0 == orders[0] }) else {
      throw TableError("the order depends on the input's: \(orders)")
    }
    return ["deletionOrder": JSONValue(orders[0])]
  }

  private static func sortPairs(_ row: TableRow) throws -> JSONValue {
    let a = DeletionRanking.RankedPod(
      pod: try pod(row.object("a")), rank: try row.int("rankA"))
    let b = DeletionRanking.RankedPod(
      pod: try pod(row.object("b")), rank: try row.int("rankB"))
    let now = try row.nanoseconds("now")
    let usesCost = row.input["podDeletionCost"]?.boolValue ?? true
    func isBefore(_ left: DeletionRanking.RankedPod, _ right: DeletionRanking.RankedPod) -> Bool {
      DeletionRanking.goesBefore(left, right, nowNanoseconds: now, usesDeletionCost: usesCost)
    }
    return ["aBeforeB": .bool(isBefore(a, b)), "bBeforeA": .bool(isBefore(b, a))]
  }

  private static func activeFilter(_ row: TableRow) throws -> JSONValue {
    if let phases = row.value("phases")?.arrayValue {
      let active = phases.indices.filter { index in
        var pod = Pod()
        pod.status.phase = phases[index].stringValue ?? ""
        return pod.isActive
      }
      return ["activeIndexes": JSONValue(active)]
    }
    let replicaSets = try row.list("specReplicas").enumerated().compactMap { index, size in
      size.intValue.map { row.replicaSet("\(index)", replicas: $0) }
    }
    return ["activeIndexes": JSONValue(replicaSets.active.compactMap { Int($0.metadata.name) })]
  }

  private static func slowStart(_ row: TableRow) throws -> JSONValue {
    var calls = 0
    let succeedFirst = try row.int("succeedFirst")
    let result = SlowStart.run(
      count: try row.int("count"), initialBatch: try row.int("initialBatch")
    ) { () throws(TableError) in
      calls += 1
      if calls > succeedFirst { throw TableError("the call fails") }
    }
    return [
      "successes": JSONValue(result.successes), "error": .bool(result.failure != nil),
      "calls": JSONValue(calls),
    ]
  }

  private static func podsToDelete(_ row: TableRow) throws -> JSONValue {
    let deleted = DeletionRanking.podsToDelete(
      try row.rows("pods").map(pod), related: try row.rows("related").map(pod),
      count: try row.int("diff"), nowNanoseconds: 0)
    return ["deleted": JSONValue(deleted.map(\.metadata.name))]
  }
}
