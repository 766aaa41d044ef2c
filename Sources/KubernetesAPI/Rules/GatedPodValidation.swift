import JSON

/// Where a gated pod runs may be narrowed until the scheduler sees it.
///
/// Source: `pkg/apis/core/validation/validation.go` ValidatePodUpdate, "specific to gated pods".
extension Pod {
  /// Adds a cause for every place that is taken back, and gives `allowed` the old places.
  func validatePlace(from old: Pod, _ allowed: inout PodSpec, _ causes: inout CauseList) {
    if !spec.nodeSelector.includes(old.spec.nodeSelector) {
      causes.invalid(
        "spec.nodeSelector", JSONValue.object(JSONObject(stringMap: spec.nodeSelector)).text(),
        "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
    }
    allowed.nodeSelector = old.spec.nodeSelector
    let (given, before) = (spec.affinity?.nodeAffinity, old.spec.affinity?.nodeAffinity)
    if given == before { return }
    before?.validateNarrowing(to: given, "spec.affinity.nodeAffinity", &causes)
    guard var affinity = allowed.affinity else {
      var affinity = Affinity()
      affinity.nodeAffinity = before
      return allowed.affinity = affinity
    }
    affinity.nodeAffinity = before
    let isNew = old.spec.affinity == nil && affinity == Affinity()
    allowed.affinity = isNew ? nil : affinity
  }
}

extension NodeAffinity {
  /// Adds a cause for terms that are added to others, dropped or changed; each may get stricter.
  fileprivate func validateNarrowing(
    to given: NodeAffinity?, _ path: String, _ causes: inout CauseList
  ) {
    let before = required?.nodeSelectorTerms ?? []
    let after = given?.required?.nodeSelectorTerms ?? []
    let place = "\(path).requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    if before.isEmpty { return }
    if before.count != after.count {
      return causes.invalid(
        place, after.isEmpty ? "null" : JSONValue.array(after.map(\.shown)).text(),
        "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
    }
    for (index, (old, new)) in zip(before, after).enumerated() where !new.onlyAdds(to: old) {
      causes.invalid(
        "\(place)[\(index)]", new.shown.text(),
        "only additions are allowed (no mutations or deletions)")
    }
  }
}

extension NodeSelectorTerm {
  /// Whether the term begins with another one; what is empty takes nothing and stays so.
  fileprivate func onlyAdds(to old: NodeSelectorTerm) -> Bool {
    if old.matchExpressions.isEmpty, old.matchFields.isEmpty { return self == old }
    return matchExpressions.starts(with: old.matchExpressions)
      && matchFields.starts(with: old.matchFields)
  }

  /// The term as messages show it: by the names of Go's fields.
  fileprivate var shown: JSONValue {
    func shown(_ requirements: [LabelRequirement]) -> JSONValue {
      if requirements.isEmpty { return .null }
      return .array(
        requirements.map {
          [
            "Key": .string($0.key),
            "Operator": .string($0.unknownOperator ?? $0.operator.rawValue),
            "Values": $0.values.isEmpty ? .null : .array($0.values.map { .string($0) }),
          ]
        })
    }
    return ["MatchExpressions": shown(matchExpressions), "MatchFields": shown(matchFields)]
  }
}
