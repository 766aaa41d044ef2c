package import JSON

/// Up to 100 endpoints of a Service, terminating ones too.
package struct EndpointSlice: KubernetesObject {
  package static let resource = ResourceType(
    group: "discovery.k8s.io", kind: "EndpointSlice", plural: "endpointslices")
  package var metadata = ObjectMeta()
  package var addressType = ""
  package var endpoints: [Endpoint] = []
  package var ports: [EndpointPort] = []

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    addressType = try fields.text("addressType")
    endpoints = try fields.list("endpoints")
    ports = try fields.list("ports")
  }

  package func writeBody(to object: inout JSONObject) {
    object.put("addressType", addressType)
    object.put("endpoints", endpoints)
    if !ports.isEmpty {
      object["ports"] = .array(
        ports.map { port in
          var json = port.json
          json["name"] = .string(port.name)
          return json
        })
    }
  }
}

/// One endpoint of a slice.
package struct Endpoint: JSONConvertible {
  package var addresses: [String] = []
  package var conditions = EndpointConditions()
  package var hostname: String?
  package var targetRef: ObjectReference?
  package var nodeName: String?
  package var zone: String?
  /// Hints of topology, which nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    addresses = try fields.strings("addresses")
    conditions = try fields.nested("conditions") ?? EndpointConditions()
    hostname = try fields.string("hostname")
    targetRef = try fields.nested("targetRef")
    nodeName = try fields.string("nodeName")
    zone = try fields.string("zone")
    others = fields.kept(["deprecatedTopology", "hints"])
  }

  package func write(to object: inout JSONObject) {
    object.put("addresses", addresses)
    object["conditions"] = conditions.json
    object.put("hostname", hostname)
    object.put("targetRef", targetRef)
    object.put("nodeName", nodeName)
    object.put("zone", zone)
    object.put(others)
  }
}

/// Whether an endpoint takes requests.
package struct EndpointConditions: JSONConvertible {
  package var ready: Bool?
  package var serving: Bool?
  package var terminating: Bool?

  package init() {}

  package init(_ fields: FieldReader) throws {
    ready = try fields.bool("ready")
    serving = try fields.bool("serving")
    terminating = try fields.bool("terminating")
  }

  package func write(to object: inout JSONObject) {
    object.put("ready", ready)
    object.put("serving", serving)
    object.put("terminating", terminating)
  }
}
