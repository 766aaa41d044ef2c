import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `scheduler_*` about a node's resources.
enum SchedulerResourceRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "scheduler_least_allocated": leastAllocated,
    "scheduler_balanced_allocation": balancedAllocation,
  ]

  private static func leastAllocated(_ row: TableRow) throws -> JSONValue {
    let weights: ResourceWeights
    do throws(ResourceWeights.Fault) {
      weights = try ResourceWeights(checking: weightList(row))
    } catch {
      return ["scores": .null, "scoreError": .null, "configError": JSONValue(error.index)]
    }
    let pod = SchedulingPod(try pod(row, "podContainers"))
    let scores = try nodes(row).map { node in
      (node.name, JSONValue(ResourceScores.leastAllocated(pod, on: node, weights: weights)))
    }
    return [
      "scores": .object(JSONObject(scores)), "scoreError": .null, "configError": .null,
    ]
  }

  private static func balancedAllocation(_ row: TableRow) throws -> JSONValue {
    let weights = try ResourceWeights(checking: weightList(row))
    let pod = SchedulingPod(try pod(row, "podContainers"))
    if try row.flag("preScore"), ResourceScores.skipsBalancedAllocation(pod, weights: weights) {
      return ["skipped": true, "scores": .null]
    }
    let scores = try nodes(row).map { node in
      (node.name, JSONValue(ResourceScores.balancedAllocation(pod, on: node, weights: weights)))
    }
    return ["skipped": false, "scores": .object(JSONObject(scores))]
  }

  private static func weightList(_ row: TableRow) -> [(String, Int64)] {
    (row.value("resources")?.arrayValue ?? []).map {
      ($0[0]?.stringValue ?? "", $0[1]?.integerValue ?? 0)
    }
  }

  /// A pod of containers that request amounts: CPU in millicores, others in their unit.
  private static func pod(_ row: TableRow, _ key: String) throws -> Pod {
    var pod = Pod()
    for (index, requests) in try row.list(key).enumerated() {
      var container = Container()
      container.name = "c\(index)"
      for (name, amount) in requests.objectValue ?? [:] {
        guard let amount = amount.integerValue else { throw TableError("request of \(name)") }
        container.resources.requests[name] =
          name == "cpu" ? Quantity(milli: amount) : Quantity(amount)
      }
      pod.spec.containers.append(container)
    }
    return pod
  }

  private static func nodes(_ row: TableRow) throws -> [SchedulingNode] {
    var nodes: [SchedulingNode] = []
    for field in try row.rows("nodes") {
      var node = SchedulingNode(name: try field.text("name"))
      for (name, amount) in try field.object("capacity").input.objectValue ?? [:] {
        node.allocatable[name] = amount.integerValue ?? 0
      }
      nodes.append(node)
    }
    for existing in try row.rows("existingPods") {
      let name = try existing.text("node")
      guard let index = nodes.firstIndex(where: { $0.name == name }) else { continue }
      nodes[index].add(SchedulingPod(try pod(existing, "containers")))
    }
    return nodes
  }
}
