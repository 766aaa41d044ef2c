package import JSON

/// A machine that runs pods.
package struct Node: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Node", plural: "nodes", shortNames: ["no"], isNamespaced: false,
    subresources: ["status"])
  package var metadata = ObjectMeta()
  private var sharedSpec = Node.noSpec
  private var sharedStatus = Node.noStatus

  private static let noSpec = Shared(NodeSpec())
  private static let noStatus = Shared(NodeStatus())

  package init() {}

  package var spec: NodeSpec {
    _read { yield sharedSpec.value }
    _modify { yield &sharedSpec.value }
  }

  package var status: NodeStatus {
    _read { yield sharedStatus.value }
    _modify { yield &sharedStatus.value }
  }

  /// The status of condition `Ready`, nil if there is none.
  package var readiness: ConditionStatus? {
    sharedStatus.read { $0.pointee.conditions.status("Ready") }
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? NodeSpec()
    status = try fields.nested("status") ?? NodeStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package mutating func takeStatus(from other: Self) { sharedStatus = other.sharedStatus }

  package mutating func takeSpec(from other: Self) {
    sharedSpec = other.sharedSpec
  }
}

/// What is wanted of a node.
package struct NodeSpec: JSONConvertible {
  package var podCIDR = ""
  package var podCIDRs: [String] = []
  package var providerID = ""
  package var unschedulable = false
  package var taints: [Taint] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    podCIDR = try fields.text("podCIDR")
    podCIDRs = try fields.strings("podCIDRs")
    providerID = try fields.text("providerID")
    unschedulable = try fields.bool("unschedulable") ?? false
    taints = try fields.list("taints")
  }

  package func write(to object: inout JSONObject) {
    object.putText("podCIDR", podCIDR)
    object.put("podCIDRs", podCIDRs)
    object.putText("providerID", providerID)
    object.putFlag("unschedulable", unschedulable)
    object.put("taints", taints)
  }
}

/// Repels pods that do not tolerate it.
package struct Taint: JSONConvertible {
  package var key = ""
  package var value = ""
  package var effect = ""
  package var timeAdded: Timestamp?

  package init() {}

  package init(_ fields: FieldReader) throws {
    key = try fields.text("key")
    value = try fields.text("value")
    effect = try fields.text("effect")
    timeAdded = try fields.timestamp("timeAdded")
  }

  package func write(to object: inout JSONObject) {
    object.put("key", key)
    object.putText("value", value)
    object.put("effect", effect)
    object.put("timeAdded", timeAdded)
  }
}

/// What was observed of a node.
package struct NodeStatus: JSONConvertible {
  package var capacity: ResourceList = [:]
  package var allocatable: ResourceList = [:]
  package var phase = ""
  package var conditions: [Condition] = []
  package var addresses: [NodeAddress] = []
  package var daemonEndpoints: JSONValue?
  package var nodeInfo: JSONValue?
  package var images: JSONValue?
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    capacity = try fields.resources("capacity")
    allocatable = try fields.resources("allocatable")
    phase = try fields.text("phase")
    conditions = try fields.list("conditions")
    addresses = try fields.list("addresses")
    daemonEndpoints = fields.given("daemonEndpoints")
    nodeInfo = fields.given("nodeInfo")
    images = fields.kept(["images"])["images"]
    others = fields.kept([
      "volumesInUse", "volumesAttached", "config", "runtimeHandlers", "features",
    ])
  }

  package func write(to object: inout JSONObject) {
    object.put("capacity", capacity)
    object.put("allocatable", allocatable)
    object.putText("phase", phase)
    if !conditions.isEmpty {
      object["conditions"] = conditions.json(withNull: ["lastHeartbeatTime"])
    }
    object.put("addresses", addresses)
    object["daemonEndpoints"] = daemonEndpoints ?? ["kubeletEndpoint": ["Port": 0]]
    object["nodeInfo"] = .object(Self.filledInfo(nodeInfo?.objectValue ?? [:]))
    object.put("images", json: images)
    object.put(others)
  }

  /// Upstream sends every text of a node's information, empty ones too.
  private static func filledInfo(_ given: JSONObject) -> JSONObject {
    var info = given
    for key in [
      "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion",
      "kubeletVersion", "kubeProxyVersion", "operatingSystem", "architecture",
    ] where info[key] == nil {
      info[key] = ""
    }
    return info
  }
}

/// An address of a node.
package struct NodeAddress: JSONConvertible {
  package var type = ""
  package var address = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    address = try fields.text("address")
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("address", address)
  }
}
