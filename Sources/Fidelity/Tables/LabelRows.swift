import JSON
import KubernetesAPI

/// Tables `label_*`: selectors and their requirements.
enum LabelRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "label_selector_parse": parse, "label_selector_match": match,
    "label_requirement_match": requirementMatch, "label_requirement_new": requirementNew,
    "label_selector_set_parse": setParse,
  ]

  private static func parse(_ row: TableRow) throws -> JSONValue {
    let query = LabelQuery(try row.text("text"))
    return ["error": .bool(query == nil), "canonical": JSONValue(query?.text)]
  }

  private static func match(_ row: TableRow) throws -> JSONValue {
    guard let query = LabelQuery(try row.text("selector")) else {
      throw TableError("the selector does not parse")
    }
    return ["match": .bool(query.matches(try row.textMap("labels")))]
  }

  private static func requirementMatch(_ row: TableRow) throws -> JSONValue {
    let requirements = try row.rows("requirements").map { field in
      guard let requirement = try requirement(field) else {
        throw TableError("no requirement: \(field.input)")
      }
      return requirement
    }
    let query = LabelQuery(requirements: requirements)
    return ["match": .bool(query.matches(try row.textMap("labels")))]
  }

  private static func requirementNew(_ row: TableRow) throws -> JSONValue {
    ["error": .bool(try requirement(row) == nil)]
  }

  private static func requirement(_ row: TableRow) throws -> LabelRequirement? {
    guard let found = LabelRequirement.Operator(rawValue: try row.text("operator")) else {
      return nil
    }
    return LabelRequirement(checking: try row.text("key"), found, try row.texts("values"))
  }

  private static func setParse(_ row: TableRow) throws -> JSONValue {
    guard let query = LabelQuery(try row.text("text")) else {
      return ["error": true, "requirements": .null]
    }
    let requirements = query.requirements.map { requirement -> JSONValue in
      [
        "key": .string(requirement.key), "operator": .string(requirement.operator.rawValue),
        "values": JSONValue(requirement.values),
      ]
    }
    return ["error": false, "requirements": .array(requirements)]
  }
}
