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
      "value": .string(decimal(quantity.nanos)), "format": .string(quantity.format.rawValue),
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
    let quantity = Quantity(nanos: amount.nanos, format: format)
    let alternate = row.want["alternate"]?.stringValue
    let isEqual = alternate.flatMap { Quantity($0) }.map { $0 == quantity } ?? false
    return [
      "text": .string(quantity.description), "alternate": isEqual ? JSONValue(alternate) : .null,
    ]
  }

  private static func roundUp(_ row: TableRow) throws -> JSONValue {
    let (amount, isExact) = try quantity(row.text("text"))
      .roundedUp(toPowerOfTen: row.int("scale"))
    return ["value": .string(decimal(amount.nanos)), "exact": .bool(isExact)]
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

  /// Billionths as an exact decimal number: 1_500_000_000 is 1.5.
  private static func decimal(_ nanos: Int128) -> String {
    let (whole, rest) = nanos.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    var digits = String(rest + 1_000_000_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return (nanos < 0 ? "-" : "") + "\(whole)" + (digits.isEmpty ? "" : ".\(digits)")
  }
}
