/// Appends JSON text to bytes, piece by piece, where a tree of values would be waste.
///
/// It writes what it is told: commas, brackets and their order are the caller's.
public struct JSONWriter {
  /// The text so far, as UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// Makes a writer of nothing.
  public init() {}

  /// Drops the text but keeps its memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Appends text as it is: brackets, commas, names with their quotes.
  public mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends one byte of text as it is, such as a comma.
  public mutating func raw(_ byte: UInt8) { bytes.append(byte) }

  /// Appends JSON text as it is.
  public mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  /// Appends a whole number.
  public mutating func integer(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(value.magnitude, width: 1)
  }

  /// Appends a list of whole numbers.
  public mutating func integers(_ values: [Int32]) {
    bytes.append(UInt8(ascii: "["))
    // "-2147483648," is the longest; the text is made beside and appended once a chunk.
    let chunk = 64
    for start in stride(from: 0, to: values.count, by: chunk) {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 12 * chunk) { text in
        var end = 0
        values.withUnsafeBufferPointer { values in
          for position in start..<min(start &+ chunk, values.count) {
            Self.put(values[position], text, &end)
            Self.put(UInt8(ascii: ","), text, &end)
          }
        }
        bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: text[..<end]))
      }
    }
    // Each is followed by a comma: the last one gives way.
    if !values.isEmpty { bytes.removeLast() }
    bytes.append(UInt8(ascii: "]"))
  }

  @inline(__always)
  private static func put(
    _ byte: UInt8, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int
  ) {
    text[end] = byte
    end &+= 1
  }

  @inline(__always)
  private static func put(
    _ value: Int32, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int
  ) {
    let zero = UInt8(ascii: "0")
    if value >= 0, value < 10 {
      put(zero &+ UInt8(truncatingIfNeeded: value), text, &end)
    } else if value >= 0, value < 100 {
      // 205 / 2048 is near enough to a tenth.
      let tens = (value &* 205) >> 11
      put(zero &+ UInt8(truncatingIfNeeded: tens), text, &end)
      put(zero &+ UInt8(truncatingIfNeeded: value &- tens &* 10), text, &end)
    } else {
      if value < 0 { put(UInt8(ascii: "-"), text, &end) }
      putLong(value.magnitude, text, &end)
    }
  }

  private static func putLong(
    _ number: UInt32, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int
  ) {
    var count = 1
    var limit: UInt64 = 10
    while UInt64(number) >= limit {
      count += 1
      limit *= 10
    }
    var rest = number
    for position in stride(from: end + count - 1, through: end, by: -1) {
      text[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    end += count
  }

  /// Appends the digits of a number, with zeros before them up to a width.
  public mutating func digits(_ value: UInt64, width: Int) {
    if value < 10, width <= 1 { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value
      var start = digits.count
      while rest > 0 || digits.count - start < min(width, digits.count) {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: digits[start...]))
    }
  }

  /// Appends a number; one that JSON has no text for (infinite, NaN) as `null`.
  public mutating func number(_ value: Double) {
    if value.isFinite {
      bytes.append(contentsOf: value.description.utf8)
    } else {
      raw("null")
    }
  }

  /// Appends a text with its quotes.
  public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { quote($0) }
  }

  /// Appends UTF-8 bytes as a text with its quotes, such as JSON within JSON.
  public mutating func string(utf8: [UInt8]) { utf8.withUnsafeBufferPointer { quote($0) } }

  /// Appends UTF-8 bytes as a part of a text whose quotes the caller writes.
  public mutating func escaped(utf8: [UInt8]) { utf8.withUnsafeBufferPointer { escaped($0) } }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    escaped(text)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < text.count {
      let end = Self.firstEscaped(text, from: start)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
      if end < text.count { escape(text[end]) }
      start = end + 1
    }
  }

  /// The position of the first byte that cannot stand in a text as it is; the count if all can.
  private static func firstEscaped(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var position = start
    let raw = UnsafeRawBufferPointer(text)
    while position &+ 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      if hasEscaped(word) { break }
      position &+= 8
    }
    while position < text.count, !isEscaped(text[position]) { position &+= 1 }
    return position
  }

  /// Whether one of eight bytes is below 0x20, a quote or a backslash.
  ///
  /// A byte's highest bit stays set after a subtraction that passes zero; bytes above 0x7F may be
  /// reported too, which costs a look at each byte.
  private static func hasEscaped(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let below = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
    return (below | word) & (ones &* 0x80) != 0
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    let letter: UInt8
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
    case 0x0A: letter = UInt8(ascii: "n")
    case 0x0D: letter = UInt8(ascii: "r")
    case 0x09: letter = UInt8(ascii: "t")
    default:
      raw("\\u00")
      bytes.append(Self.hexadecimal(byte >> 4))
      bytes.append(Self.hexadecimal(byte & 0xF))
      return
    }
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(letter)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
