package import JSON

/// Where a pod must or would rather run.
package struct Affinity: JSONConvertible {
  package var nodeAffinity: NodeAffinity?
  package var podAffinity: PodAffinity?
  package var podAntiAffinity: PodAffinity?

  package init() {}

  package init(_ fields: FieldReader) throws {
    nodeAffinity = try fields.nested("nodeAffinity")
    podAffinity = try fields.nested("podAffinity")
    podAntiAffinity = try fields.nested("podAntiAffinity")
  }

  package func write(to object: inout JSONObject) {
    object.put("nodeAffinity", nodeAffinity)
    object.put("podAffinity", podAffinity)
    object.put("podAntiAffinity", podAntiAffinity)
  }
}

/// Rules over node labels.
package struct NodeAffinity: JSONConvertible {
  package var required: NodeSelector?
  package var preferred: [PreferredSchedulingTerm] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    required = try fields.nested("requiredDuringSchedulingIgnoredDuringExecution")
    preferred = try fields.list("preferredDuringSchedulingIgnoredDuringExecution")
  }

  package func write(to object: inout JSONObject) {
    object.put("requiredDuringSchedulingIgnoredDuringExecution", required)
    object.put("preferredDuringSchedulingIgnoredDuringExecution", preferred)
  }
}

/// Terms of which one must hold.
package struct NodeSelector: JSONConvertible {
  package var nodeSelectorTerms: [NodeSelectorTerm] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    nodeSelectorTerms = try fields.list("nodeSelectorTerms")
  }

  package func write(to object: inout JSONObject) {
    object.put("nodeSelectorTerms", nodeSelectorTerms)
  }
}

/// Conditions that all must hold.
package struct NodeSelectorTerm: JSONConvertible {
  package var matchExpressions: [LabelRequirement] = []
  package var matchFields: [LabelRequirement] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    matchExpressions = try fields.list("matchExpressions")
    matchFields = try fields.list("matchFields")
  }

  package func write(to object: inout JSONObject) {
    object.put("matchExpressions", matchExpressions)
    object.put("matchFields", matchFields)
  }
}

/// A node term with a weight of 1 to 100.
package struct PreferredSchedulingTerm: JSONConvertible {
  package var weight = 0
  package var preference = NodeSelectorTerm()

  package init() {}

  package init(_ fields: FieldReader) throws {
    weight = try fields.int("weight") ?? 0
    preference = try fields.nested("preference") ?? NodeSelectorTerm()
  }

  package func write(to object: inout JSONObject) {
    object.put("weight", weight)
    object["preference"] = preference.json
  }
}

/// Rules over pods that run already; used for anti-affinity too.
package struct PodAffinity: JSONConvertible {
  package var required: [PodAffinityTerm] = []
  package var preferred: [WeightedPodAffinityTerm] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    required = try fields.list("requiredDuringSchedulingIgnoredDuringExecution")
    preferred = try fields.list("preferredDuringSchedulingIgnoredDuringExecution")
  }

  package func write(to object: inout JSONObject) {
    object.put("requiredDuringSchedulingIgnoredDuringExecution", required)
    object.put("preferredDuringSchedulingIgnoredDuringExecution", preferred)
  }
}

/// Pods by label, together in one topology domain.
package struct PodAffinityTerm: JSONConvertible {
  package var labelSelector: LabelSelector?
  package var namespaces: [String] = []
  package var topologyKey = ""
  package var namespaceSelector: LabelSelector?
  /// Keys whose values of the incoming pod join the selector.
  package var matchLabelKeys: [String] = []
  package var mismatchLabelKeys: [String] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    labelSelector = try fields.nested("labelSelector")
    namespaces = try fields.strings("namespaces")
    topologyKey = try fields.text("topologyKey")
    namespaceSelector = try fields.nested("namespaceSelector")
    matchLabelKeys = try fields.strings("matchLabelKeys")
    mismatchLabelKeys = try fields.strings("mismatchLabelKeys")
  }

  package func write(to object: inout JSONObject) {
    object.put("labelSelector", labelSelector)
    object.put("namespaces", namespaces)
    object.put("topologyKey", topologyKey)
    object.put("namespaceSelector", namespaceSelector)
    object.put("matchLabelKeys", matchLabelKeys)
    object.put("mismatchLabelKeys", mismatchLabelKeys)
  }
}

/// A pod term with a weight of 1 to 100.
package struct WeightedPodAffinityTerm: JSONConvertible {
  package var weight = 0
  package var podAffinityTerm = PodAffinityTerm()

  package init() {}

  package init(_ fields: FieldReader) throws {
    weight = try fields.int("weight") ?? 0
    podAffinityTerm = try fields.nested("podAffinityTerm") ?? PodAffinityTerm()
  }

  package func write(to object: inout JSONObject) {
    object.put("weight", weight)
    object["podAffinityTerm"] = podAffinityTerm.json
  }
}

/// A taint that a pod bears.
package struct Toleration: JSONConvertible {
  package var key = ""
  /// `Equal` (also when empty) or `Exists`.
  package var operatorName = ""
  package var value = ""
  package var effect = ""
  /// How long a `NoExecute` taint is borne; nil: for ever.
  package var tolerationSeconds: Int64?

  package init() {}

  package init(_ fields: FieldReader) throws {
    key = try fields.text("key")
    operatorName = try fields.text("operator")
    value = try fields.text("value")
    effect = try fields.text("effect")
    tolerationSeconds = try fields.int64("tolerationSeconds")
  }

  package func write(to object: inout JSONObject) {
    object.putText("key", key)
    object.putText("operator", operatorName)
    object.putText("value", value)
    object.putText("effect", effect)
    object.put("tolerationSeconds", tolerationSeconds)
  }
}
