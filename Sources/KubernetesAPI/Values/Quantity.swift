package import JSON

/// An exact amount of a resource, to a billionth: `500m`, `1.5Gi`, `1e3`.
///
/// Amounts of more than some 10^29 are exact to 38 digits; upstream has no such bound.
/// Source of the rules: `apimachinery/pkg/api/resource/quantity.go`.
package struct Quantity: Sendable, CustomStringConvertible {
  /// How the amount is written.
  package enum Format: String, Sendable {
    /// `n u m` none `k M G T P E`.
    case decimalSI = "DecimalSI"
    /// `Ki Mi Gi Ti Pi Ei`.
    case binarySI = "BinarySI"
    /// `1e3`.
    case decimalExponent = "DecimalExponent"
  }

  /// The amount in billionths, over 10 to the power of `tens`.
  package private(set) var nanos: Int128
  /// How the amount is written.
  package var format: Format
  /// Zero for all amounts whose billionths fit, else as little as possible.
  package private(set) var tens: Int32

  package init(nanos: Int128, format: Format = .decimalSI) {
    self.nanos = nanos
    self.format = format
    tens = 0
  }

  /// Makes an amount of billionths times a power of ten, which is not negative.
  package init(nanos: Int128, tens: Int, format: Format) {
    self.init(nanos: nanos, format: format)
    guard nanos != 0 else { return }
    self.tens = Int32(clamping: tens)
    while self.tens > 0 {
      let (product, overflow) = self.nanos.multipliedReportingOverflow(by: 10)
      if overflow { return }
      self.nanos = product
      self.tens -= 1
    }
  }

  /// Makes an amount of thousandths, such as CPU in millicores.
  package init(milli: Int64, format: Format = .decimalSI) {
    self.init(nanos: Int128(milli) * 1_000_000, format: format)
  }

  /// Makes a whole amount.
  package init(_ value: Int64, format: Format = .decimalSI) {
    self.init(nanos: Int128(value) * Self.one, format: format)
  }

  /// The amount, rounded up (away from zero) to a whole number.
  package var value: Int64 { clamped(Self.one) }

  /// The amount in thousandths, rounded up (away from zero).
  package var milliValue: Int64 { clamped(1_000_000) }

  /// How many units, rounded up, as far as that fits.
  private func clamped(_ unit: Int128) -> Int64 {
    tens > 0 ? (nanos < 0 ? .min : .max) : Int64(clamping: units(of: unit).count)
  }

  /// Rounded up to thousandths, the finest amount that objects hold.
  ///
  /// Source: `pkg/apis/core/v1/defaults.go` SetDefaults_ResourceList.
  package var roundedToThousandths: Quantity { roundedUp(toPowerOfTen: -3).amount }

  /// The amount rounded up (away from zero) to a multiple of a power of ten.
  ///
  /// 9.01 rounded up to 10^0 is 10, and not exact. Powers below -9 change nothing, those above 28
  /// do not fit and change nothing either.
  package func roundedUp(toPowerOfTen power: Int) -> (amount: Quantity, isExact: Bool) {
    if power + 9 <= Int(tens) { return (self, true) }
    guard let unit = Self.scale(1, by: power + 9 - Int(tens)) else { return (self, nanos == 0) }
    let (count, isExact) = units(of: unit)
    return (Quantity(nanos: count, tens: power + 9, format: format), isExact)
  }

  /// How many units of so many billionths the amount is, rounded up (away from zero).
  private func units(of unit: Int128) -> (count: Int128, isExact: Bool) {
    let (quotient, rest) = nanos.quotientAndRemainder(dividingBy: unit)
    return (quotient + rest.signum(), rest == 0)
  }

  /// No amount.
  package static let zero = Quantity(0)

  private static let one: Int128 = 1_000_000_000
}

extension Quantity: Comparable, Hashable {
  /// Equal amounts are equal, however they are written.
  package static func == (left: Quantity, right: Quantity) -> Bool {
    left.nanos == right.nanos && left.tens == right.tens
  }
  package static func < (left: Quantity, right: Quantity) -> Bool {
    if left.tens == right.tens { return left.nanos < right.nanos }
    // One that does not fit with a smaller power is beyond all that do.
    return left.tens > right.tens ? left.nanos < 0 : right.nanos > 0
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }

  /// The sum, written as the left one is, or the right one if the left is zero.
  package static func + (left: Quantity, right: Quantity) -> Quantity {
    let format = left.nanos == 0 ? right.format : left.format
    if left.tens == 0, right.tens == 0 {
      let (sum, overflow) = left.nanos.addingReportingOverflow(right.nanos)
      if !overflow { return Quantity(nanos: sum, format: format) }
    }
    // One digit less than fits, so that the sum does.
    let tens = max(left.tens, right.tens) + 1
    return Quantity(
      nanos: left.nanos(over: tens) + right.nanos(over: tens), tens: Int(tens), format: format)
  }

  package static func - (left: Quantity, right: Quantity) -> Quantity {
    left
      + Quantity(
        nanos: right.nanos == .min ? .max : -right.nanos, tens: Int(right.tens),
        format: right.format)
  }

  /// The billionths over a power of ten that is no less than the own one, rounded up.
  private func nanos(over tens: Int32) -> Int128 {
    let rounded = Self.scale(Int128(clamping: nanos.magnitude), by: Int(self.tens - tens)) ?? 0
    return nanos < 0 ? -rounded : rounded
  }
}

extension Quantity {
  private static let decimalSuffixes: [(String, Int)] = [
    ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12),
    ("P", 15), ("E", 18),
  ]
  private static let binarySuffixes: [(String, Int)] = [
    ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60),
  ]

  /// Reads an amount; nil if the text is none.
  ///
  /// What is finer than a billionth is rounded away from zero; binary amounts are capped at
  /// 2^63-1; a binary amount between zero and one is taken for a decimal one.
  package init?(_ text: String) {
    guard !text.isEmpty, let parts = QuantityText(text),
      let suffix = Self.suffix(parts.suffix)
    else { return nil }
    // Upstream takes nothing for zero as long as it need not compute with large numbers.
    if !parts.hasDigits, suffix.format == .binarySI ? suffix.exponent >= 50 : suffix.exponent < -9 {
      return nil
    }
    let (digits, dropped) = parts.digits
    let power = suffix.exponent + 9 - parts.fraction.utf8.count + dropped
    var format = suffix.format
    var (magnitude, tens): (Int128, Int) = (0, 0)
    if format == .binarySI {
      magnitude = Self.binary(digits, parts.fraction.utf8.count - dropped, suffix.exponent)
      if magnitude > 0, magnitude < Self.one { format = .decimalSI }
    } else if power < 0 {
      magnitude = Self.scale(digits, by: power) ?? 0
    } else {
      (magnitude, tens) = (digits, power)
    }
    self.init(nanos: parts.isNegative ? -magnitude : magnitude, tens: tens, format: format)
  }

  /// Digits times a power of two, in billionths, at most 2^63-1.
  private static func binary(_ digits: Int128, _ fractionDigits: Int, _ exponent: Int) -> Int128 {
    let most = Int128(Int64.max) * one
    let product = digits.magnitude.multipliedFullWidth(by: 1 << exponent)
    // Digits that are finer than a billionth.
    let divisor = scale(1, by: max(0, fractionDigits - 9))?.magnitude ?? .max
    if product.high >= divisor { return most }
    let (quotient, rest) = divisor.dividingFullWidth(product)
    if quotient >= most.magnitude { return most }
    let count = Int128(quotient) + (rest == 0 ? 0 : 1)
    return min(scale(count, by: max(0, 9 - fractionDigits)) ?? most, most)
  }

  private static func suffix(_ text: String) -> (format: Format, exponent: Int)? {
    if let found = decimalSuffixes.first(where: { $0.0 == text }) {
      return (.decimalSI, found.1)
    }
    if let found = binarySuffixes.first(where: { $0.0 == text }) { return (.binarySI, found.1) }
    guard let first = text.first, first == "e" || first == "E",
      let exponent = Int64(text.dropFirst())
    else { return nil }
    return (.decimalExponent, Int(Int32(truncatingIfNeeded: exponent)))
  }

  /// Multiplies by a power of ten, rounding up; nil if it does not fit.
  private static func scale(_ value: Int128, by exponent: Int) -> Int128? {
    if value == 0 { return 0 }
    var result = value
    if exponent >= 0 {
      for _ in 0..<exponent {
        let (product, overflow) = result.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        result = product
      }
      return result
    }
    var isExact = true
    // An Int128 has 39 digits.
    for _ in 0..<min(-exponent, 39) {
      let (quotient, rest) = result.quotientAndRemainder(dividingBy: 10)
      if rest != 0 { isExact = false }
      result = quotient
    }
    return isExact ? result : result + 1
  }

  /// The shortest text without a fraction, in the format's suffixes.
  package var description: String {
    if nanos == 0 { return "0" }
    let isWhole = tens == 0 && nanos % Self.one == 0
    let whole = nanos / Self.one
    if format == .binarySI, isWhole, whole >= 1024 || whole <= -1024 {
      for (suffix, shift) in Self.binarySuffixes.reversed() where whole % (1 << shift) == 0 {
        return "\(whole / (1 << shift))\(suffix)"
      }
      return "\(whole)"
    }
    var (digits, exponent) = (nanos, Int(tens) - 9)
    while digits % 1000 == 0 { (digits, exponent) = (digits / 1000, exponent + 3) }
    while digits % 10 == 0 { (digits, exponent) = (digits / 10, exponent + 1) }
    // Powers are multiples of three.
    let rest = (exponent % 3 + 3) % 3
    exponent -= rest
    let number = "\(digits)" + String(repeating: "0", count: rest)
    if format == .decimalExponent { return exponent == 0 ? number : "\(number)e\(exponent)" }
    // As upstream: powers that have no suffix are left out.
    return number + (Self.decimalSuffixes.first { $0.1 == exponent }?.0 ?? "")
  }
}

/// Amounts by resource name, such as `cpu` and `memory`.
package struct ResourceList: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  private var amounts: [(name: String, amount: Quantity)] = []

  package init() {}

  package init(dictionaryLiteral elements: (String, Quantity)...) {
    for (name, amount) in elements { self[name] = amount }
  }

  package var isEmpty: Bool { amounts.isEmpty }

  /// The names, sorted.
  package var names: [String] { amounts.map(\.name) }

  /// Names and amounts, sorted by name.
  package var pairs: [(name: String, amount: Quantity)] { amounts }

  /// The amount of that name; setting nil removes it.
  package subscript(name: String) -> Quantity? {
    get { amounts.first { $0.name == name }?.amount }
    set {
      amounts.removeAll { $0.name == name }
      guard let newValue else { return }
      let position = amounts.firstIndex { $0.name > name } ?? amounts.count
      amounts.insert((name, newValue), at: position)
    }
  }

  package var json: JSONValue {
    .object(JSONObject(amounts.map { ($0.name, .string($0.amount.description)) }))
  }

  package static func == (left: ResourceList, right: ResourceList) -> Bool {
    left.amounts.elementsEqual(right.amounts) { $0 == $1 }
  }
}
