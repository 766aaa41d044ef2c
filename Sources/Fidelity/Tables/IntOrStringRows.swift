import JSON
import KubernetesAPI

/// Tables `intstr_*`: numbers or percentages.
enum IntOrStringRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "intstr_scaled": scaled, "intstr_safe": safe, "intstr_parse": parse,
  ]

  private static func scaled(_ row: TableRow) throws -> JSONValue {
    let value = row.value("value").flatMap { IntOrString(json: $0) }
    let scaled = try value?.scaled(total: row.int("total"), roundingUp: row.flag("roundUp"))
    return ["value": JSONValue(scaled), "error": .bool(scaled == nil)]
  }

  private static func safe(_ row: TableRow) throws -> JSONValue {
    switch row.value("value").flatMap({ IntOrString(json: $0) }) {
    case .int(let value): return ["value": JSONValue(value), "isPercent": false, "error": false]
    case .string(let text):
      let percentage = IntOrString.string(text).percentage
      return [
        "value": JSONValue(percentage ?? 0), "isPercent": .bool(percentage != nil),
        "error": .bool(percentage == nil),
      ]
    case nil: return ["value": 0, "isPercent": false, "error": true]
    }
  }

  private static func parse(_ row: TableRow) throws -> JSONValue {
    switch IntOrString(parsing: try row.text("text")) {
    case .int(let value): ["type": "Int", "int": JSONValue(value)]
    case .string: ["type": "String", "int": .null]
    }
  }
}
