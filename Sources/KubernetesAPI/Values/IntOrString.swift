package import JSON

/// A number or a text, such as a percentage or the name of a port.
package enum IntOrString: Hashable, Sendable, CustomStringConvertible {
  case int(Int)
  case string(String)

  /// Nil unless the value is an integer or a text.
  package init?(json: JSONValue) {
    if let integer = json.intValue {
      self = .int(integer)
    } else if let text = json.stringValue {
      self = .string(text)
    } else {
      return nil
    }
  }

  /// Reads a text: a 32-bit integer is a number, anything else stays a text.
  package init(parsing text: String) {
    self = Int32(text).map { .int(Int($0)) } ?? .string(text)
  }

  package var json: JSONValue {
    switch self {
    case .int(let value): .integer(Int64(value))
    case .string(let value): .string(value)
    }
  }

  package var description: String {
    switch self {
    case .int(let value): String(value)
    case .string(let value): value
    }
  }

  /// The number before the percent sign, nil unless this is digits and `%`.
  package var percentage: Int? {
    guard case .string(let text) = self else { return nil }
    if let number = Self.plainPercentage(text.utf8) { return number }
    return text.hasSuffix("%") ? Int(text.dropLast()) : nil
  }

  /// The number of one to nine digits and a percent sign, as nearly all percentages are.
  private static func plainPercentage(_ text: String.UTF8View) -> Int? {
    var number = 0
    var count = 0
    for byte in text {
      if byte == UInt8(ascii: "%") { return count > 0 && count + 1 == text.count ? number : nil }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), count < 9 else { return nil }
      number = 10 * number + Int(byte - UInt8(ascii: "0"))
      count += 1
    }
    return nil
  }

  /// The number, or the percentage of a total, rounded up or down.
  ///
  /// 25% of 3 is 1 rounded up, 0 rounded down; -25% of 3 is 0 and -1. Nil for a text that is no
  /// percentage. Computed with floating point, as upstream: huge percentages do not trap.
  /// Source: `apimachinery/pkg/util/intstr`.
  package func scaled(total: Int, roundingUp: Bool) -> Int? {
    switch self {
    case .int(let value): return value
    case .string:
      guard let percentage else { return nil }
      let share = Double(percentage) * Double(total) / 100
      return Int(convertedAsInGo: share.rounded(roundingUp ? .up : .down))
    }
  }
}
