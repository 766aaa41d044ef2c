package import JSON

/// The addresses behind a Service, by readiness.
package struct Endpoints: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Endpoints", plural: "endpoints", shortNames: ["ep"])
  package var metadata = ObjectMeta()
  package var subsets: [EndpointSubset] = []

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    subsets = try fields.list("subsets")
  }

  package func writeBody(to object: inout JSONObject) {
    object.put("subsets", subsets)
  }
}

/// Addresses with the same ports.
package struct EndpointSubset: JSONConvertible {
  package var addresses: [EndpointAddress] = []
  package var notReadyAddresses: [EndpointAddress] = []
  package var ports: [EndpointPort] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    addresses = try fields.list("addresses")
    notReadyAddresses = try fields.list("notReadyAddresses")
    ports = try fields.list("ports")
  }

  package func write(to object: inout JSONObject) {
    object.put("addresses", addresses)
    object.put("notReadyAddresses", notReadyAddresses)
    object.put("ports", ports)
  }
}

/// One address.
package struct EndpointAddress: JSONConvertible {
  package var ip = ""
  package var hostname = ""
  package var nodeName: String?
  package var targetRef: ObjectReference?

  package init() {}

  package init(_ fields: FieldReader) throws {
    ip = try fields.text("ip")
    hostname = try fields.text("hostname")
    nodeName = try fields.string("nodeName")
    targetRef = try fields.nested("targetRef")
  }

  package func write(to object: inout JSONObject) {
    object.put("ip", ip)
    object.putText("hostname", hostname)
    object.put("nodeName", nodeName)
    object.put("targetRef", targetRef)
  }
}

/// One port of the addresses; used by EndpointSlices too.
package struct EndpointPort: JSONConvertible {
  package var name = ""
  package var port: Int?
  package var protocolName = ""
  package var appProtocol: String?

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    port = try fields.int("port")
    protocolName = try fields.text("protocol")
    appProtocol = try fields.string("appProtocol")
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.put("port", port)
    object.putText("protocol", protocolName)
    object.put("appProtocol", appProtocol)
  }
}

/// A reference to an object.
package struct ObjectReference: JSONConvertible {
  package var kind = ""
  package var namespace = ""
  package var name = ""
  package var uid = ""
  package var apiVersion = ""
  package var resourceVersion = ""
  package var fieldPath = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    kind = try fields.text("kind")
    namespace = try fields.text("namespace")
    name = try fields.text("name")
    uid = try fields.text("uid")
    apiVersion = try fields.text("apiVersion")
    resourceVersion = try fields.text("resourceVersion")
    fieldPath = try fields.text("fieldPath")
  }

  package func write(to object: inout JSONObject) {
    object.putText("kind", kind)
    object.putText("namespace", namespace)
    object.putText("name", name)
    object.putText("uid", uid)
    object.putText("apiVersion", apiVersion)
    object.putText("resourceVersion", resourceVersion)
    object.putText("fieldPath", fieldPath)
  }
}
