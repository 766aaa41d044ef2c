/// A moment of the dashboard's wall clock, which the shell passes in.
package struct WallTime: Sendable, Equatable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  package var secondsSince1970: Int64

  package init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

  /// Whether the left moment comes first.
  package static func < (left: WallTime, right: WallTime) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  /// The moment in UTC as `yyyyMMddHHmmss`: 1,541,073,600 is `20181101120000`.
  package var stamp: String {
    let secondsADay: Int64 = 86_400
    let days = floorDivide(secondsSince1970, secondsADay)
    let second = secondsSince1970 - days * secondsADay
    let date = civilDate(daysSince1970: days)
    return digits(date.year, 4) + digits(date.month, 2) + digits(date.day, 2)
      + digits(second / 3_600, 2) + digits(second / 60 % 60, 2) + digits(second % 60, 2)
  }

  /// The moment this much later.
  package func later(seconds: Int64) -> WallTime {
    WallTime(secondsSince1970: secondsSince1970 + seconds)
  }
}

/// The Gregorian date of a day; years begin in March here, so that a leap day ends one.
///
/// Days are counted from 0000-03-01, which is 719,468 days before 1970-01-01; 146,097 days are
/// 400 years, and 153 days are five months from March on.
private func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = floorDivide(shifted, 146_097)
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

private func digits(_ value: Int64, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
