/// The parts of an amount's text: `-1.025Ti` is negative, 1, 025 and Ti.
///
/// Source of the grammar: `apimachinery/pkg/api/resource/quantity.go`. Digits may be missing: `.`
/// is zero.
package struct QuantityText: Equatable {
  package var isNegative = false
  /// Sign, digits and point as written; `0` if there is nothing but a sign and zeros.
  package var number: String
  /// The digits before the point without leading zeros; `0` if there are none.
  package var whole: String
  /// The digits behind the point.
  package var fraction = ""
  /// What follows the number: letters, and an exponent's sign and digits.
  package var suffix = ""

  /// Splits a text; nil if something follows the suffix.
  package init?(_ text: String) {
    var rest = text.utf8[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest.removeFirst()
    }
    rest = rest.drop { $0 == UInt8(ascii: "0") }
    if rest.isEmpty {
      number = "0"
      whole = "0"
      return
    }
    let digits = rest.prefix(while: Self.isDigit)
    whole = digits.isEmpty ? "0" : Self.text(digits)
    rest = rest.dropFirst(digits.count)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      let digits = rest.prefix(while: Self.isDigit)
      fraction = Self.text(digits)
      rest = rest.dropFirst(digits.count)
    }
    number = Self.text(text.utf8[..<rest.startIndex])
    suffix = Self.text(rest)
    rest = rest.drop { "eEinumkKMGTP".utf8.contains($0) }
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      rest.removeFirst()
    }
    if !rest.allSatisfy(Self.isDigit) { return nil }
  }

  /// Whether there is any digit.
  var hasDigits: Bool { number.utf8.contains(where: Self.isDigit) }

  /// The digits as one number, without the point, and how many at the end were dropped: what goes
  /// beyond 38 digits is rounded up.
  var digits: (number: Int128, dropped: Int) {
    let digits = (whole + fraction).utf8.drop { $0 == UInt8(ascii: "0") }
    var number: Int128 = 0
    for digit in digits.prefix(Self.digitsMax) {
      number = number * 10 + Int128(digit - UInt8(ascii: "0"))
    }
    let rest = digits.dropFirst(Self.digitsMax)
    if rest.contains(where: { $0 != UInt8(ascii: "0") }) { number += 1 }
    return (number, rest.count)
  }

  private static let digitsMax = 38

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func text(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)) }
}
