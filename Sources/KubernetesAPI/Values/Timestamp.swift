/// A time of the API: whole seconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970, leap seconds not counted.
  package var seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds < right.seconds
  }

  /// The time some seconds later.
  package static func + (time: Timestamp, seconds: Int64) -> Timestamp {
    Timestamp(seconds: time.seconds + seconds)
  }

  /// RFC 3339 text in UTC, such as `2025-01-31T10:00:00Z`.
  package var description: String { text(microseconds: nil) }

  /// The text with six decimals that `MicroTime` fields carry.
  package func microText(microseconds: Int64 = 0) -> String { text(microseconds: microseconds) }

  private func text(microseconds: Int64?) -> String {
    let day = seconds.floorDivided(by: 86_400)
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = Self.civil(day: day)
    guard (0...9999).contains(year) else {
      let fraction = microseconds.map { "." + String(1_000_000 + $0).dropFirst() } ?? ""
      return "\(year)-\(month)-\(dayOfMonth)T\(second / 3600):\(second / 60 % 60):\(second % 60)"
        + fraction + "Z"
    }
    return String(unsafeUninitializedCapacity: microseconds == nil ? 20 : 27) { bytes in
      var text = DigitWriter(bytes)
      text.write(year, 4, "-")
      text.write(month, 2, "-")
      text.write(dayOfMonth, 2, "T")
      text.write(second / 3600, 2, ":")
      text.write(second / 60 % 60, 2, ":")
      text.write(second % 60, 2, microseconds == nil ? "Z" : ".")
      if let microseconds { text.write(microseconds, 6, "Z") }
      return text.count
    }
  }

  /// Reads RFC 3339 text; fractions of a second are dropped, an offset is applied.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), (1...12).contains(month),
      let day = number(bytes[8..<10]), (1...31).contains(day),
      let hour = number(bytes[11..<13]), hour < 24, let minute = number(bytes[14..<16]),
      minute < 60, let second = number(bytes[17..<19]), second < 61
    else { return nil }
    var position = 19
    if bytes[position] == 0x2E {
      position += 1
      let start = position
      while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
      guard position > start else { return nil }
    }
    guard position < bytes.count, let offset = Self.offset(bytes[position...]) else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
  }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let first = bytes.first else { return nil }
    if first | 0x20 == 0x7A { return bytes.count == 1 ? 0 : nil }
    let start = bytes.startIndex
    guard first == 0x2B || first == 0x2D, bytes.count == 6, bytes[start + 3] == 0x3A,
      let hours = number(bytes[start + 1..<start + 3]),
      let minutes = number(bytes[start + 4..<start + 6])
    else { return nil }
    let magnitude = hours * 3600 + minutes * 60
    return first == 0x2B ? magnitude : -magnitude
  }

  /// The days from 1970-01-01 to a date of the proleptic Gregorian calendar.
  ///
  /// Years are counted from March, so that the leap day is the last: a 400-year era has 146,097
  /// days. 1970-01-01 is day 719,468 of that count, so `days(1970, 1, 1) == 0`.
  package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.floorDivided(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : (self - divisor + 1) / divisor
  }
}

private func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
  var result: Int64 = 0
  for byte in bytes {
    guard (0x30...0x39).contains(byte) else { return nil }
    result = result * 10 + Int64(byte - 0x30)
  }
  return result
}

/// Writes decimal digits into the bytes of a string.
private struct DigitWriter {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  /// How many bytes are written.
  private(set) var count = 0

  init(_ bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

  /// Writes the last so many digits of a number and what stands behind them.
  mutating func write(_ number: Int64, _ width: Int, _ end: Unicode.Scalar) {
    var left = number
    for position in stride(from: count + width - 1, through: count, by: -1) {
      bytes[position] = 0x30 + UInt8(left % 10)
      left /= 10
    }
    count += width
    bytes[count] = UInt8(ascii: end)
    count += 1
  }
}
