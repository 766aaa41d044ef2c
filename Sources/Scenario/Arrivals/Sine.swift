/// A sine that is the same, bit for bit, on every machine.
///
/// Only IEEE 754 addition, subtraction and multiplication in a fixed order; libm's differs between
/// versions and processors.
public enum Sine {
  /// The sine of so many full turns; off by less than 1e-12.
  ///
  /// Worked example: 0.25 turns are 90 degrees, so 1; 0.5 turns are 0; 0.75 turns are -1.
  public static func of(turns: Double) -> Double {
    let turn = turns - turns.rounded(.down)
    if turn > 0.5 { return -halfWave(turn - 0.5) }
    return halfWave(turn)
  }

  /// From 0 to 0.5 turns; beyond a quarter it goes back.
  private static func halfWave(_ turn: Double) -> Double {
    let x = (turn > 0.25 ? 0.5 - turn : turn) * 6.283_185_307_179_586_5
    let square = x * x
    // Taylor's series up to x^17/17!, by Horner: what is cut off is below (pi/2)^19/19! < 5e-14.
    var sum = 1.0
    for divisor in [272.0, 210.0, 156.0, 110.0, 72.0, 42.0, 20.0, 6.0] {
      sum = 1 - square * sum * (1 / divisor)
    }
    return x * sum
  }
}
