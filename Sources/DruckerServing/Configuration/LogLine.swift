import DruckerProtocol
import JSON
import Transport

/// Lines of the service log while they are written: `JSONWriter` without an array's checks at each step.
struct LogLine: ~Copyable {
  private var text = ByteBuffer()

  private static let keptBytes = 524_288

  /// The text so far, until it changes.
  var bytes: UnsafeRawBufferPointer { text.bytes }

  /// Drops the text but keeps its memory.
  mutating func removeAll() { text.removeAll(keepingAtMost: Self.keptBytes) }

  mutating func raw(_ constant: StaticString) {
    text.append(
      UnsafeRawBufferPointer(start: constant.utf8Start, count: constant.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func raw(_ byte: UInt8) { text.append(byte) }

  mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBytes { text.append($0) } }

  /// What a prediction was made from, as JSON within a text.
  mutating func input(option: PredictionRecord.Value?, _ input: PredictionRecord.Value?) {
    if case .string(let text) = option, text.isEmpty {
      raw("{\\\"option\\\":\\\"\\\"")
    } else {
      raw("{\\\"option\\\":")
      value(option)
    }
    raw(",\\\"input\\\":")
    value(input)
    raw(UInt8(ascii: "}"))
  }

  /// What was predicted, as JSON within a text.
  mutating func output(
    option: PredictionRecord.Value?, _ output: PredictionRecord.Value?,
    scores: PredictionRecord.Value?
  ) {
    raw("{\\\"option\\\":")
    value(option)
    raw(",\\\"output\\\":")
    value(output)
    raw(",\\\"score\\\":")
    value(scores)
    raw(UInt8(ascii: "}"))
  }

  private mutating func value(_ value: PredictionRecord.Value?) {
    switch value {
    case .string(let text): string(text)
    case .bytes(let count): string("\(count) bytes")
    case .arrInt(let values): integers(values)
    case .arrFloat(let values): numbers(values)
    case .arrString(let texts): strings(texts)
    case nil: raw("null")
    }
  }

  /// A text within the text.
  private mutating func string(_ utf8: UnsafeRawBufferPointer) {
    if !plain(utf8) { escaped(String(decoding: utf8, as: UTF8.self)) }
  }

  private mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
  }

  private mutating func escaped(_ text: String) {
    var quoted = JSONWriter()
    quoted.string(text)
    var escaped = JSONWriter()
    escaped.escaped(utf8: quoted.bytes)
    raw(escaped.bytes)
  }

  /// Writes a text that needs no escapes; false, and nothing is written, where it does.
  private mutating func plain(_ utf8: UnsafeRawBufferPointer) -> Bool {
    let (count, quote) = (utf8.count, UInt16(UInt8(ascii: "\\")) | UInt16(UInt8(ascii: "\"")) << 8)
    let place = text.extend(by: count + 4)
    var isPlain = true
    for (position, byte) in utf8.enumerated() {
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { isPlain = false }
      place.storeBytes(of: byte, toByteOffset: position + 2, as: UInt8.self)
    }
    place.storeBytes(of: quote.littleEndian, as: UInt16.self)
    (place + count + 2).storeBytes(of: quote.littleEndian, as: UInt16.self)
    if !isPlain { text.removeLast(count + 4) }
    return isPlain
  }

  private mutating func strings(_ texts: PredictionRecord.Parts) {
    var texts = texts
    raw(UInt8(ascii: "["))
    var isFirst = true
    while let text = texts.next() {
      if !isFirst { raw(UInt8(ascii: ",")) }
      isFirst = false
      value(text)
    }
    raw(UInt8(ascii: "]"))
  }

  private mutating func numbers(_ values: UnsafeBufferPointer<Float>) {
    raw(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { raw(UInt8(ascii: ",")) }
      number(Double(value))
    }
    raw(UInt8(ascii: "]"))
  }

  /// A number; one that JSON has no text for (infinite, NaN) as `null`.
  private mutating func number(_ value: Double) {
    guard value.isFinite else { return raw("null") }
    var digits = Digits(text.extend(by: Digits.bytesMax))
    value.write(to: &digits)
    text.removeLast(Digits.bytesMax - digits.count)
  }

  /// Takes the digits of a number where they belong; a text of its own would cost as much again.
  private struct Digits: TextOutputStream {
    /// More than the 24 of the longest, `-2.2250738585072014e-308`.
    static let bytesMax = 32

    let place: UnsafeMutableRawPointer
    var count = 0

    init(_ place: UnsafeMutableRawPointer) { self.place = place }

    mutating func write(_ string: String) {
      var string = string
      string.withUTF8 { _writeASCII($0) }
    }

    /// What the standard library calls with its own digits.
    mutating func _writeASCII(_ buffer: UnsafeBufferPointer<UInt8>) {
      precondition(count + buffer.count <= Self.bytesMax, "a number of \(buffer.count) digits")
      guard let digits = buffer.baseAddress else { return }
      (place + count).copyMemory(from: digits, byteCount: buffer.count)
      count += buffer.count
    }
  }

  private mutating func integers(_ values: UnsafeBufferPointer<Int32>) {
    raw(UInt8(ascii: "["))
    // "-2147483648," is the longest, and a short one is written as four bytes.
    let room = 12 * values.count + 4
    let start = text.extend(by: room)
    let place = Self.put(values, at: start)
    // Each is followed by a comma: the last one gives way.
    let written = values.isEmpty ? 0 : place - start - 1
    text.removeLast(room - written)
    raw(UInt8(ascii: "]"))
  }

  /// Writes numbers, each with a comma after it, and returns where the last one ends.
  private static func put(
    _ values: UnsafeBufferPointer<Int32>, at start: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var place = start
    var bits: UInt32 = 0
    for value in values { bits |= UInt32(bitPattern: value) }
    guard bits < shortCount else {
      for value in values { putLong(value, &place) }
      return place
    }
    // Most are: pixels, classes, counts.
    let short = shortNumbers
    for value in values {
      let word = short[Int(truncatingIfNeeded: UInt32(bitPattern: value))]
      place.storeBytes(of: word, as: UInt32.self)
      place += Int(truncatingIfNeeded: word >> 24)
    }
    return place
  }

  private static let shortCount: UInt32 = 64

  /// The text of each number below that with its comma, and in the highest byte how many bytes these are.
  ///
  /// As the limit is a power of two, numbers are below it if all of their bits together are.
  private nonisolated(unsafe) static let shortNumbers: UnsafePointer<UInt32> = {
    let words = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(shortCount))
    for number in 0..<shortCount {
      let text = number < 10 ? [number] : [number / 10, number % 10]
      var word = UInt32(text.count + 1) << 24
      for (position, digit) in text.enumerated() {
        word |= (UInt32(UInt8(ascii: "0")) + digit) << UInt32(8 * position)
      }
      word |= UInt32(UInt8(ascii: ",")) << UInt32(8 * text.count)
      words[Int(number)] = word.littleEndian
    }
    return UnsafePointer(words)
  }()

  private static func putLong(_ value: Int32, _ place: inout UnsafeMutableRawPointer) {
    if value < 0 {
      place.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
      place += 1
    }
    var count = 1
    var limit: UInt64 = 10
    while UInt64(value.magnitude) >= limit {
      count += 1
      limit *= 10
    }
    var rest = value.magnitude
    for position in stride(from: count - 1, through: 0, by: -1) {
      place.storeBytes(
        of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: position,
        as: UInt8.self)
      rest /= 10
    }
    place.storeBytes(of: UInt8(ascii: ","), toByteOffset: count, as: UInt8.self)
    place += count + 1
  }
}
