/// Times as people write them.
public enum LoadTime {
  private static let units: [(suffix: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("min", 60e9), ("s", 1e9), ("m", 60e9),
    ("h", 3_600e9),
  ]

  /// The nanoseconds of `1.5s`, `20ms` or `3`, which is seconds.
  public static func parse(_ text: String) -> Int64? {
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Double(text.dropLast(unit.suffix.count)), number >= 0,
        number * unit.nanoseconds < 9e18
      else { return nil }
      return Int64((number * unit.nanoseconds).rounded())
    }
    guard let number = Double(text), number >= 0, number < 9e9 else { return nil }
    return Int64((number * 1e9).rounded())
  }

  /// A time with a unit that fits and three significant digits.
  public static func text(_ nanoseconds: Double) -> String {
    let (scale, unit) =
      nanoseconds < 1e3
      ? (1.0, "ns") : nanoseconds < 1e6 ? (1e3, "us") : nanoseconds < 1e9 ? (1e6, "ms") : (1e9, "s")
    return decimal(nanoseconds / scale) + " " + unit
  }

  /// A number with three significant digits, more before the point.
  public static func decimal(_ number: Double) -> String {
    let digits = number < 10 ? 2 : number < 100 ? 1 : 0
    let scale = digits == 2 ? 100.0 : digits == 1 ? 10.0 : 1.0
    let rounded = Int64((number * scale).rounded())
    if digits == 0 { return "\(rounded)" }
    let whole = rounded / Int64(scale)
    let fraction = String(rounded % Int64(scale))
    return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
