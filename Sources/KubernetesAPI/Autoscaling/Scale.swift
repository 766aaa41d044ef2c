package import JSON

/// The size of a scalable object; a subresource, never stored.
package struct Scale: KubernetesObject {
  package static let resource = ResourceType(
    group: "autoscaling", kind: "Scale", plural: "scales", subresources: ["status"])
  package var metadata = ObjectMeta()
  package var spec = ScaleSpec()
  package var status = ScaleStatus()

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? ScaleSpec()
    status = try fields.nested("status") ?? ScaleStatus()
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

/// The wanted size.
package struct ScaleSpec: JSONConvertible {
  package var replicas = 0

  package init() {}

  package init(_ fields: FieldReader) throws {
    replicas = try fields.int("replicas") ?? 0
  }

  package func write(to object: inout JSONObject) {
    object.putCount("replicas", replicas)
  }
}

/// The observed size and the selector of the pods.
package struct ScaleStatus: JSONConvertible {
  package var replicas = 0
  package var selector = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    replicas = try fields.int("replicas") ?? 0
    selector = try fields.text("selector")
  }

  package func write(to object: inout JSONObject) {
    object.put("replicas", replicas)
    object.putText("selector", selector)
  }
}
