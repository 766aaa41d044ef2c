package import JSON

/// A kind of which only parts are interpreted: its members are kept as JSON, in the form in which
/// upstream writes them.
package protocol GenericObject: KubernetesObject {
  var content: JSONObject { get set }
}

extension GenericObject {
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

  package mutating func readBody(_ fields: FieldReader) throws {
    content.put("immutable", try fields.bool("immutable"))
    content.put("data", try fields.stringMap("data"))
    content.put("binaryData", try fields.base64Map("binaryData"))
  }
}

/// Configuration that is not for everyone's eyes.
package struct Secret: GenericObject {
  package static let resource = ResourceType(kind: "Secret", plural: "secrets")
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    content.put("immutable", try fields.bool("immutable"))
    content.put("data", try fields.base64Map("data"))
    content.put("stringData", try fields.stringMap("stringData"))
    content.putText("type", try fields.text("type"))
  }
}

/// A limit on what the objects of a namespace may use together.
package struct ResourceQuota: GenericObject {
  package static let resource = ResourceType(
    kind: "ResourceQuota", plural: "resourcequotas", shortNames: ["quota"],
    subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    if let spec = try fields.members("spec") {
      var kept = JSONObject()
      kept.put("hard", try spec.resources("hard"))
      kept.put("scopes", try spec.strings("scopes"))
      if let selector = try spec.members("scopeSelector") {
        var expressions: [JSONValue] = []
        for expression in try selector.memberList("matchExpressions") {
          var result = JSONObject()
          result.put("scopeName", try expression.text("scopeName"))
          result.put("operator", try expression.text("operator"))
          result.put("values", try expression.strings("values"))
          expressions.append(.object(result))
        }
        kept["scopeSelector"] =
          expressions.isEmpty ? [:] : ["matchExpressions": .array(expressions)]
      }
      content["spec"] = .object(kept)
    }
    if let status = try fields.members("status") {
      var kept = JSONObject()
      kept.put("hard", try status.resources("hard"))
      kept.put("used", try status.resources("used"))
      content["status"] = .object(kept)
    }
  }
}

/// A limit on voluntary disruptions.
package struct PodDisruptionBudget: GenericObject {
  package static let resource = ResourceType(
    group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets",
    shortNames: ["pdb"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var content = JSONObject()
  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    if let spec = try fields.members("spec") {
      var kept = JSONObject()
      kept.put("minAvailable", try spec.intOrString("minAvailable"))
      kept.put("selector", try spec.nested("selector", as: LabelSelector.self))
      kept.put("maxUnavailable", try spec.intOrString("maxUnavailable"))
      kept.put("unhealthyPodEvictionPolicy", try spec.string("unhealthyPodEvictionPolicy"))
      content["spec"] = .object(kept)
    }
    if let status = try fields.members("status") {
      content["status"] = .object(try Self.status(status))
    }
  }

  private static func status(_ status: FieldReader) throws -> JSONObject {
    var kept = JSONObject()
    if let generation = try status.int64("observedGeneration"), generation != 0 {
      kept.put("observedGeneration", generation)
    }
    kept.put("disruptedPods", try status.stringMap("disruptedPods"))
    for key in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
      kept.put(key, try status.int(key) ?? 0)
    }
    var conditions: [JSONValue] = []
    for condition in try status.memberList("conditions") {
      var result = JSONObject()
      result.put("type", try condition.text("type"))
      result.put("status", try condition.text("status"))
      if let generation = try condition.int64("observedGeneration"), generation != 0 {
        result.put("observedGeneration", generation)
      }
      let time = try condition.timestamp("lastTransitionTime")
      result["lastTransitionTime"] = time.map { .string($0.description) } ?? .null
      result.put("reason", try condition.text("reason"))
      result.put("message", try condition.text("message"))
      conditions.append(.object(result))
    }
    if !conditions.isEmpty { kept["conditions"] = .array(conditions) }
    return kept
  }
}
