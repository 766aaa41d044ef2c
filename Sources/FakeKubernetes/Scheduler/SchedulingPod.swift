package import KubernetesAPI

/// What the scheduler looks at in a pod.
@dynamicMemberLookup
package struct SchedulingPod: Equatable, Sendable {
  package var uid = ""
  /// Where the store keeps the pod (`ObjectMeta.place`).
  package var place: Int32 = -1
  package var isDeleting = false
  /// What pods of one template share.
  package var traits: Shared<SchedulingTraits>

  package init() { traits = Shared(SchedulingTraits()) }

  package init(
    uid: String, place: Int32, isDeleting: Bool, traits: Shared<SchedulingTraits>
  ) {
    self.uid = uid
    self.place = place
    self.isDeleting = isDeleting
    self.traits = traits
  }

  package subscript<Member>(
    dynamicMember path: WritableKeyPath<SchedulingTraits, Member>
  ) -> Member {
    get { traits.value[keyPath: path] }
    set { traits.value[keyPath: path] = newValue }
  }

  package subscript<Member>(dynamicMember path: KeyPath<SchedulingTraits, Member>) -> Member {
    traits.value[keyPath: path]
  }

  /// Whether nodeSelector and required node affinity allow the node.
  package func allowsByAffinity(_ node: SchedulingNode) -> Bool {
    traits.value.allowsByAffinity(node)
  }
}

/// What the scheduler looks at in the pods of one template.
package struct SchedulingTraits: Equatable, Sendable {
  /// A (anti-)affinity to other pods.
  package struct PodTerm: Equatable, Sendable {
    package var topologyKey: String
    /// Nil selects no pod, an empty one all.
    package var selector: LabelSelector?
    /// Namespaces by name; empty with a nil `namespaceSelector`: the owner's.
    package var namespaces: [String]
    package var namespaceSelector: LabelSelector?
    /// 1 to 100 for preferred terms.
    package var weight: Int

    package init(
      topologyKey: String, selector: LabelSelector?, namespaces: [String] = [],
      namespaceSelector: LabelSelector? = nil, weight: Int = 0
    ) {
      self.topologyKey = topologyKey
      self.selector = selector
      self.namespaces = namespaces
      self.namespaceSelector = namespaceSelector
      self.weight = weight
    }
  }

  /// Requirements on a node, all of which must hold.
  package struct NodeTerm: Equatable, Sendable {
    package var expressions: [LabelRequirement]
    /// Requirements on fields; only `metadata.name` exists.
    package var fields: [LabelRequirement]
    package var weight: Int

    package init(
      expressions: [LabelRequirement], fields: [LabelRequirement] = [], weight: Int = 0
    ) {
      self.expressions = expressions
      self.fields = fields
      self.weight = weight
    }

    /// Whether the node fulfils it; a term without requirements matches no node.
    package func matches(_ node: SchedulingNode) -> Bool {
      if expressions.isEmpty && fields.isEmpty { return false }
      return expressions.allSatisfy { $0.matches(node.labels) }
        && fields.allSatisfy { $0.matches(["metadata.name": node.name]) }
    }
  }

  /// An even spread over the values of a node label.
  package struct SpreadConstraint: Equatable, Sendable {
    package var topologyKey: String
    package var maxSkew: Int
    /// DoNotSchedule (a filter) rather than ScheduleAnyway (a score).
    package var isRequired: Bool
    /// Nil counts no pod.
    package var selector: LabelSelector?
    /// With fewer domains than this each counts as if another one were empty.
    package var minDomains = 1
    /// Whether nodes count that the pod's affinity rules out (`nodeAffinityPolicy: Ignore`).
    package var countsOtherNodes = false
    /// Whether nodes do not count whose taints the pod does not tolerate (`nodeTaintsPolicy: Honor`).
    package var heedsTaints = false

    package init(
      topologyKey: String, maxSkew: Int, isRequired: Bool, selector: LabelSelector?
    ) {
      self.topologyKey = topologyKey
      self.maxSkew = maxSkew
      self.isRequired = isRequired
      self.selector = selector
    }
  }

  /// Tells traits of one `TraitsCache` apart, -1 for others.
  var number = -1
  package var namespace = ""
  package var labels: [String: String] = [:]
  package var priority = 0
  /// `spec.nodeName` as asked for by the pod itself (not yet bound), else empty.
  package var nodeName = ""
  package var requests: ResourceAmounts = [:]
  /// CPU and memory with upstream's defaults (100m, 200 MiB) for containers without a request.
  package var scoringRequests: ResourceAmounts = [:]
  package var nodeSelector: [String: String] = [:]
  /// Required node affinity: one of the terms must match; nil: none asked for.
  package var requiredNodeTerms: [NodeTerm]?
  package var preferredNodeTerms: [NodeTerm] = []
  package var tolerations: [TaintToleration] = []
  package var requiredAffinity: [PodTerm] = []
  package var requiredAntiAffinity: [PodTerm] = []
  package var preferredAffinity: [PodTerm] = []
  package var preferredAntiAffinity: [PodTerm] = []
  package var spreadConstraints: [SpreadConstraint] = []
  /// Ports of the node that the containers ask for, as `protocol/port`.
  package var hostPorts: Set<String> = []
  /// What the pod's claims of storage lack, which no node can give; nil: nothing.
  package var lacksClaim: String?

  package init() {}

  /// Whether the pod has any term about other pods.
  package var hasPodAffinity: Bool {
    !(requiredAffinity.isEmpty && requiredAntiAffinity.isEmpty && preferredAffinity.isEmpty
      && preferredAntiAffinity.isEmpty)
  }

  /// A condition of an (anti-)affinity that cannot be parsed, nil if all can.
  package var invalidAffinity: String? {
    let terms =
      requiredAffinity + requiredAntiAffinity + preferredAffinity + preferredAntiAffinity
    for term in terms {
      if let fault = term.selector?.invalidCondition { return fault }
      if let fault = term.namespaceSelector?.invalidCondition { return fault }
    }
    return nil
  }

  /// The nodes that the required node affinity names; nil: one of its terms names none.
  ///
  /// Source: `nodeaffinity/node_affinity.go` PreFilter.
  var affinityNodeNames: Set<String>? {
    guard let terms = requiredNodeTerms, !terms.isEmpty else { return nil }
    var names: Set<String> = []
    for term in terms {
      let named = term.fields.filter { $0.key == "metadata.name" && $0.operator == .in }
      guard let first = named.first else { return nil }
      names.formUnion(named.dropFirst().reduce(Set(first.values)) { $0.intersection($1.values) })
    }
    return names
  }

  /// Whether nodeSelector and required node affinity allow the node.
  package func allowsByAffinity(_ node: SchedulingNode) -> Bool {
    node.labels.includes(nodeSelector)
      && (requiredNodeTerms?.contains { $0.matches(node) } ?? true)
  }
}

extension SchedulingTraits.PodTerm {
  /// Whether the term of a pod in `ownerNamespace` selects the other pod.
  package func selects(
    _ pod: SchedulingPod, ownerNamespace: String, namespaceLabels: [String: [String: String]]
  ) -> Bool {
    let inNamespace: Bool
    if namespaces.isEmpty && namespaceSelector == nil {
      inNamespace = pod.namespace == ownerNamespace
    } else {
      inNamespace =
        namespaces.contains(pod.namespace)
        || (namespaceSelector?.matches(namespaceLabels[pod.namespace] ?? [:]) ?? false)
    }
    return inNamespace && selector?.matches(pod.labels) ?? false
  }
}

extension SchedulingTraits.SpreadConstraint {
  /// Whether it counts pods of such labels.
  func selects(_ labels: [String: String]) -> Bool { selector?.matches(labels) ?? false }
}

/// A toleration of a taint.
package struct TaintToleration: Equatable, Sendable {
  package var key: String
  /// Exists, Equal (or empty), Gt, Lt.
  package var `operator`: String
  package var value: String
  /// Empty: all effects.
  package var effect: String
  /// How long a NoExecute taint is borne; nil: for ever.
  package var seconds: Int64?

  package init(
    key: String, operator: String = "", value: String = "", effect: String = "",
    seconds: Int64? = nil
  ) {
    self.key = key
    self.operator = `operator`
    self.value = value
    self.effect = effect
    self.seconds = seconds
  }

  /// Whether the taint is borne (`staging/src/k8s.io/api/core/v1/toleration.go`).
  ///
  /// Gt and Lt compare whole numbers: the taint's value with the toleration's; off by default.
  package func tolerates(_ taint: NodeTaint, comparesNumbers: Bool = false) -> Bool {
    if !effect.isEmpty && effect != taint.effect { return false }
    if !key.isEmpty && key != taint.key { return false }
    switch self.operator {
    case "", "Equal": return value == taint.value
    case "Exists": return true
    case "Gt", "Lt":
      guard comparesNumbers, let bound = Int64(value), let number = Int64(taint.value),
        String(bound) == value, String(number) == taint.value
      else { return false }
      return self.operator == "Gt" ? number > bound : number < bound
    default: return false
    }
  }
}

/// A taint of a node.
package struct NodeTaint: Hashable, Sendable {
  package var key: String
  package var value: String
  /// NoSchedule, PreferNoSchedule, NoExecute.
  package var effect: String

  package init(key: String, value: String = "", effect: String) {
    self.key = key
    self.value = value
    self.effect = effect
  }
}
