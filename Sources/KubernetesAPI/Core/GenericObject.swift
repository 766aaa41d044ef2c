package import JSON

/// A kind that no controller here interprets: its members are kept as they are given.
package protocol GenericObject: KubernetesObject {
  var content: JSONObject { get set }
}

extension GenericObject {
  package mutating func readBody(_ fields: FieldReader) throws {
    for (key, value) in fields.object {
      if key == "apiVersion" || key == "kind" || key == "metadata" || value == .null { continue }
      content[key] = value
    }
  }

  package func writeBody(to object: inout JSONObject) {
    for (key, value) in content { object[key] = value }
  }

  package mutating func takeStatus(from other: Self) { content["status"] = other.content["status"] }

  package mutating func takeSpec(from other: Self) {
    let status = content["status"]
    content = other.content
    content["status"] = status
  }
}

/// Configuration files and values.
package struct ConfigMap: GenericObject {
  package static let resource = ResourceType(
    kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}

/// Configuration that is not for everyone's eyes.
package struct Secret: GenericObject {
  package static let resource = ResourceType(kind: "Secret", plural: "secrets")
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}

/// A limit on what the objects of a namespace may use together.
package struct ResourceQuota: GenericObject {
  package static let resource = ResourceType(
    kind: "ResourceQuota", plural: "resourcequotas", shortNames: ["quota"],
    subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}

/// A limit on voluntary disruptions.
package struct PodDisruptionBudget: GenericObject {
  package static let resource = ResourceType(
    group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets",
    shortNames: ["pdb"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}
}
