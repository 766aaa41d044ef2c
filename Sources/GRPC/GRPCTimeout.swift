/// The header `grpc-timeout`: at most eight digits and a unit.
enum GRPCTimeout {
  private static let units: [(character: UInt8, nanoseconds: Int64)] = [
    (UInt8(ascii: "n"), 1), (UInt8(ascii: "u"), 1000), (UInt8(ascii: "m"), 1_000_000),
    (UInt8(ascii: "S"), 1_000_000_000), (UInt8(ascii: "M"), 60_000_000_000),
    (UInt8(ascii: "H"), 3_600_000_000_000),
  ]

  /// The value in the finest unit whose number has eight digits, rounded up.
  ///
  /// One second is 1,000,000,000 ns, which has ten digits, so it is sent as `1000000u`.
  static func encode(nanoseconds: Int64) -> String {
    let nanoseconds = max(1, nanoseconds)
    for unit in units {
      let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
      let number = remainder > 0 ? quotient + 1 : quotient
      if number <= 99_999_999 {
        return String(number) + String(decoding: [unit.character], as: UTF8.self)
      }
    }
    return "99999999H"
  }

  /// Nanoseconds, at most 292 years; nil when the text is malformed.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 2, text.count <= 9, let last = text.last else { return nil }
    guard let unit = units.first(where: { $0.character == last }) else { return nil }
    var number: Int64 = 0
    for digit in text.dropLast() {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    let (result, isOverflow) = number.multipliedReportingOverflow(by: unit.nanoseconds)
    return isOverflow ? .max : result
  }
}
