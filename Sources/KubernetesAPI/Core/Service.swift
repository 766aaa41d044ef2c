package import JSON

/// A stable name and address for the pods that a selector finds.
package struct Service: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Service", plural: "services", shortNames: ["svc"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var spec = ServiceSpec()
  package var status = ServiceStatus()

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? ServiceSpec()
    status = try fields.nested("status") ?? ServiceStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package mutating func takeStatus(from other: Self) { status = other.status }

  package mutating func takeSpec(from other: Self) {
    spec = other.spec
  }
}

/// What is wanted of a Service.
package struct ServiceSpec: JSONConvertible {
  package var ports: [ServicePort] = []
  package var selector: [String: String] = [:]
  package var clusterIP = ""
  package var clusterIPs: [String] = []
  package var type = ""
  package var externalIPs: [String] = []
  package var sessionAffinity = ""
  package var externalName = ""
  package var externalTrafficPolicy = ""
  package var publishNotReadyAddresses = false
  package var ipFamilies: [String] = []
  package var ipFamilyPolicy: String?
  package var internalTrafficPolicy: String?
  package var sessionAffinityConfig: JSONValue?
  package var loadBalancerIP = ""
  package var allocateLoadBalancerNodePorts: Bool?
  package var healthCheckNodePort = 0
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    ports = try fields.list("ports")
    selector = try fields.stringMap("selector")
    clusterIP = try fields.text("clusterIP")
    clusterIPs = try fields.strings("clusterIPs")
    type = try fields.text("type")
    externalIPs = try fields.strings("externalIPs")
    sessionAffinity = try fields.text("sessionAffinity")
    externalName = try fields.text("externalName")
    externalTrafficPolicy = try fields.text("externalTrafficPolicy")
    publishNotReadyAddresses = try fields.bool("publishNotReadyAddresses") ?? false
    ipFamilies = try fields.strings("ipFamilies")
    ipFamilyPolicy = try fields.string("ipFamilyPolicy")
    internalTrafficPolicy = try fields.string("internalTrafficPolicy")
    sessionAffinityConfig = fields.given("sessionAffinityConfig")
    loadBalancerIP = try fields.text("loadBalancerIP")
    allocateLoadBalancerNodePorts = try fields.bool("allocateLoadBalancerNodePorts")
    healthCheckNodePort = try fields.int("healthCheckNodePort") ?? 0
    others = fields.kept([
      "loadBalancerSourceRanges", "loadBalancerClass", "trafficDistribution",
    ])
  }

  package func write(to object: inout JSONObject) {
    object.put("ports", ports)
    object.put("selector", selector)
    object.putText("clusterIP", clusterIP)
    object.put("clusterIPs", clusterIPs)
    object.putText("type", type)
    object.put("externalIPs", externalIPs)
    object.putText("sessionAffinity", sessionAffinity)
    object.putText("externalName", externalName)
    object.putText("externalTrafficPolicy", externalTrafficPolicy)
    object.putFlag("publishNotReadyAddresses", publishNotReadyAddresses)
    object.put("ipFamilies", ipFamilies)
    object.put("ipFamilyPolicy", ipFamilyPolicy)
    object.put("internalTrafficPolicy", internalTrafficPolicy)
    object.put("sessionAffinityConfig", json: sessionAffinityConfig)
    object.putText("loadBalancerIP", loadBalancerIP)
    object.put("allocateLoadBalancerNodePorts", allocateLoadBalancerNodePorts)
    object.putCount("healthCheckNodePort", healthCheckNodePort)
    object.put(others)
  }
}

/// A port of a Service.
package struct ServicePort: JSONConvertible {
  package var name = ""
  package var protocolName = ""
  package var appProtocol: String?
  package var port = 0
  package var targetPort: IntOrString?
  package var nodePort = 0

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    protocolName = try fields.text("protocol")
    appProtocol = try fields.string("appProtocol")
    port = try fields.int("port") ?? 0
    targetPort = try fields.intOrString("targetPort")
    nodePort = try fields.int("nodePort") ?? 0
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.putText("protocol", protocolName)
    object.put("appProtocol", appProtocol)
    object.put("port", port)
    object.put("targetPort", targetPort)
    object.putCount("nodePort", nodePort)
  }
}

/// What was observed of a Service.
package struct ServiceStatus: JSONConvertible {
  package var loadBalancer: JSONValue?
  package var conditions: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    loadBalancer = fields.given("loadBalancer")
    conditions = fields.kept(["conditions"])["conditions"]
  }

  package func write(to object: inout JSONObject) {
    object.put("loadBalancer", json: loadBalancer)
    object.put("conditions", json: conditions)
  }
}
