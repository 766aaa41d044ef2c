import JSON
import KubernetesAPI

/// Tables `validation_*`: the forms of names, labels and ports.
enum ValidationRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "validation_dns1123Label": rule { FieldRules.isDNS1123Label($0) },
    "validation_dns1123Subdomain": rule { FieldRules.isDNS1123Subdomain($0) },
    "validation_dns1035Label": rule(FieldRules.isDNS1035Label),
    "validation_portName": rule(FieldRules.isPortName),
    "validation_qualifiedName": rule(FieldRules.isQualifiedName),
    "validation_labelValue": rule(FieldRules.isLabelValue),
    "validation_configMapKey": rule(FieldRules.isConfigMapKey),
    "validation_percent": rule(FieldRules.isPercent),
    "validation_wildcardDNS1123Subdomain": rule(FieldRules.isWildcardSubdomain),
  ]

  private static func rule(
    _ isValid: @escaping @Sendable (String) -> Bool
  ) -> FidelityTable.Evaluator {
    { row in ["valid": .bool(isValid(try row.text("text")))] }
  }
}
