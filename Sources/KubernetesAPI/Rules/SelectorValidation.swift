import JSON

/// Rules for label selectors, source `apimachinery/pkg/apis/meta/v1/validation/validation.go`.
extension LabelSelector {
  /// Adds a cause for every label and expression at fault.
  package func validate(_ path: String, _ causes: inout CauseList) {
    ObjectMeta.validate(labels: matchLabels, "\(path).matchLabels", &causes)
    for (index, requirement) in matchExpressions.enumerated() {
      requirement.validate("\(path).matchExpressions[\(index)]", &causes)
    }
  }

  /// Whether the selector selects at all: its operators are known and its keys and values well
  /// formed.
  ///
  /// Source: `apimachinery/pkg/apis/meta/v1/helpers.go` LabelSelectorAsSelector.
  package var isWellFormed: Bool {
    matchExpressions.allSatisfy {
      $0.unknownOperator == nil && LabelRequirement(checking: $0.key, $0.operator, $0.values) != nil
    }
      && matchLabels.allSatisfy {
        FieldRules.isQualifiedName($0.key) && FieldRules.isLabelValue($0.value)
      }
  }

  /// The selector as it is shown in causes: labels before expressions, sorted keys.
  package var shown: String {
    var result: JSONObject = [:]
    if !matchLabels.isEmpty { result["matchLabels"] = .object(JSONObject(stringMap: matchLabels)) }
    result.put("matchExpressions", matchExpressions)
    return JSONValue.object(result).text()
  }
}

extension LabelRequirement {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if let unknownOperator {
      causes.invalid("\(path).operator", unknownOperator.goQuoted, "not a valid selector operator")
    } else {
      validateCount("\(path).values", ordered: false, &causes)
    }
    causes.invalid("\(path).key", text: key, RuleTexts.qualifiedNameFaults(key))
    for (index, value) in values.enumerated() {
      causes.invalid("\(path).values[\(index)]", text: value, RuleTexts.labelValueFaults(value))
    }
  }

  /// Whether as many values are given as the operator takes; only nodes' labels are `ordered`.
  func validateCount(_ field: String, ordered isOrdered: Bool, _ causes: inout CauseList) {
    switch self.operator {
    case .in, .notIn:
      if values.isEmpty {
        causes.required(field, "must be specified when `operator` is 'In' or 'NotIn'")
      }
    case .exists, .doesNotExist:
      if !values.isEmpty {
        causes.forbidden(
          field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
    case .greaterThan, .lessThan:
      if isOrdered {
        if values.count != 1 {
          causes.required(
            field, "must be specified single value when `operator` is 'Lt' or 'Gt'")
        }
      } else {
        let place = field.dropLast("values".count) + "operator"
        causes.invalid(
          String(place), self.operator.rawValue.goQuoted, "not a valid selector operator")
      }
    case .equals, .doubleEquals, .notEquals: break
    }
  }
}
