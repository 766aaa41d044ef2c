import JSON
import KubernetesAPI

/// Tables `quantity_*`: amounts of resources.
enum QuantityRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "quantity_parse": parse, "quantity_string": string, "quantity_round_up": roundUp,
    "quantity_cmp": compare, "quantity_split": split,
  ]

  private static func quantity(_ text: String) throws -> Quantity {
    guard let quantity = Quantity(text) else { throw TableError("\"\(text)\" is no quantity") }
    return quantity
  }

  private static func parse(_ row: TableRow) throws -> JSONValue {
    guard let quantity = Quantity(try row.text("text")) else {
      return ["value": .null, "format": .null, "error": true]
    }
    return [
      "value": .string(decimal(quantity)), "format": .string(quantity.format.rawValue),
      "error": false,
    ]
  }

  /// The text of an amount; the alternate if it reads as an equal amount.
  private static func string(_ row: TableRow) throws -> JSONValue {
    let format = try row.text("format")
    let mantissa = try row.text("mantissa")
    let exponent = try row.int("exponent")
    guard let format = Quantity.Format(rawValue: format),
      let amount = Quantity("\(mantissa)e\(exponent)")
    else { throw TableError("\(mantissa) * 10^\(exponent) as \(format)") }
    let quantity = Quantity(nanos: amount.nanos, tens: Int(amount.tens), format: format)
    let alternate = row.want["alternate"]?.stringValue
    let isEqual = alternate.flatMap { Quantity($0) }.map { $0 == quantity } ?? false
    return [
      "text": .string(quantity.description), "alternate": isEqual ? JSONValue(alternate) : .null,
    ]
  }

  private static func roundUp(_ row: TableRow) throws -> JSONValue {
    let (amount, isExact) = try quantity(row.text("text"))
      .roundedUp(toPowerOfTen: row.int("scale"))
    return ["value": .string(decimal(amount)), "exact": .bool(isExact)]
  }

  private static func compare(_ row: TableRow) throws -> JSONValue {
    let a = try quantity(row.text("a"))
    let b = try quantity(row.text("b"))
    return ["cmp": a == b ? 0 : a < b ? -1 : 1]
  }

  private static func split(_ row: TableRow) throws -> JSONValue {
    guard let parts = QuantityText(try row.text("text")) else { return .null }
    return [
      "positive": .bool(!parts.isNegative), "value": .string(parts.number),
      "num": .string(parts.whole), "denom": .string(parts.fraction),
      "suffix": .string(parts.suffix),
    ]
  }

  /// The amount as an exact decimal number, such as 1.5.
  private static func decimal(_ amount: Quantity) -> String {
    let zeros = String(repeating: "0", count: Int(amount.tens))
    let nanos = String(amount.nanos.magnitude) + zeros
    let padded = String(repeating: "0", count: max(0, 10 - nanos.utf8.count)) + nanos
    var rest = padded.suffix(9)
    while rest.last == "0" { rest.removeLast() }
    return (amount.nanos < 0 ? "-" : "") + padded.dropLast(9) + (rest.isEmpty ? "" : ".\(rest)")
  }
}
