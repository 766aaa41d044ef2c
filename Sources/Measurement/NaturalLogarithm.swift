/// A natural logarithm that is the same, bit for bit, on every machine.
///
/// Only IEEE 754 addition, subtraction, multiplication and division, in a fixed order; libm's
/// differs between versions and processors.
public enum NaturalLogarithm {
  /// The logarithm of a positive, finite number; off by less than 2 units in the last place.
  ///
  /// With x = 2^e * m, m in [sqrt(1/2), sqrt(2)) and s = (m - 1) / (m + 1), it is
  /// e * ln 2 + 2 * (s + s^3/3 + s^5/5 + … + s^21/21). As |s| < 0.1716, what is cut off is less than
  /// 2 * s * 0.1716^22 / 23 < 2 * s * 7e-19, far below the last place; what remains is rounding.
  /// e * ln 2 is exact in its upper part: that has 21 zero bits at its end, enough for any e.
  public static func of(_ number: Double) -> Double {
    precondition(number > 0 && number.isFinite, "the logarithm of \(number)")
    var exponent = 0
    var bits = number.bitPattern
    if number < Double.leastNormalMagnitude {
      bits = (number * 0x1p54).bitPattern
      exponent = -54
    }
    exponent += Int(bits >> 52) - 1023
    var mantissa = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa *= 0.5
      exponent += 1
    }
    let f = mantissa - 1
    let s = f / (mantissa + 1)
    let z = s * s
    var series = 1.0 / 21.0
    for divisor in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
      series = series * z + 1.0 / divisor
    }
    // 2s = f - s*f, with a rounding error only in the small part.
    let tail = 2 * s * z * series - s * f
    let scale = Double(exponent)
    return scale * ln2High + (f + (tail + scale * ln2Low))
  }

  /// ln 2, its upper 32 bits; the rest of it.
  private static let ln2High = Double(bitPattern: 0x3fe6_2e42_fee0_0000)
  private static let ln2Low = Double(bitPattern: 0x3dea_39ef_3579_3c76)
}
