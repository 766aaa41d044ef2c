package import JSON

/// A scope for names.
package struct Namespace: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Namespace", plural: "namespaces", shortNames: ["ns"], isNamespaced: false,
    subresources: ["status", "finalize"])
  package var metadata = ObjectMeta()
  package var spec = NamespaceSpec()
  package var status = NamespaceStatus()

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? NamespaceSpec()
    status = try fields.nested("status") ?? NamespaceStatus()
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

/// What holds a namespace against deletion.
package struct NamespaceSpec: JSONConvertible {
  package var finalizers: [String] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    finalizers = try fields.strings("finalizers")
  }

  package func write(to object: inout JSONObject) {
    object.put("finalizers", finalizers)
  }
}

/// Whether a namespace is active or going.
package struct NamespaceStatus: JSONConvertible {
  package var phase = ""
  package var conditions: [Condition] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    phase = try fields.text("phase")
    conditions = try fields.list("conditions")
  }

  package func write(to object: inout JSONObject) {
    object.putText("phase", phase)
    object.put("conditions", conditions)
  }
}
