public import Measurement

/// A histogram in the log format of HdrHistogram, which its tools read and plot.
///
/// Values are written in nanoseconds as version 2 of the encoding has them, with 3 significant
/// digits. The format wants them compressed by zlib; a stream of blocks that are stored as they are
/// is one, too, and needs no library.
public enum HistogramLog {
  /// A log with one line: a tag and a histogram of a time after the log's start.
  public static func text(
    _ histogram: LatencyHistogram, tag: String, seconds: Double
  ) -> String {
    let content = base64(compressed(payload(histogram)))
    let largest = milliseconds(histogram.max)
    return """
      #[Histogram log format version 1.3]
      #[StartTime: 0.000 (seconds since epoch)]
      "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
      Tag=\(tag),0.000,\(thousandths(seconds)),\(largest),\(content)

      """
  }

  /// The counts from 0 to the highest value, zigzag and LEB128; a negative one skips that many.
  static func payload(_ histogram: LatencyHistogram) -> [UInt8] {
    var counts: [UInt8] = []
    var next = 0
    for bucket in histogram.buckets {
      let index = LatencyHistogram.index(of: bucket.lowest)
      if index > next { append(Int64(next - index), to: &counts) }
      append(bucket.count, to: &counts)
      next = index + 1
    }
    var bytes: [UInt8] = []
    append(UInt32(0x1c84_9303 | 0x10), to: &bytes)
    append(UInt32(counts.count), to: &bytes)
    append(UInt32(0), to: &bytes)
    append(UInt32(3), to: &bytes)
    append(UInt64(1), to: &bytes)
    append(UInt64(LatencyHistogram.highestValue), to: &bytes)
    append((1.0).bitPattern, to: &bytes)
    return bytes + counts
  }

  static func compressed(_ payload: [UInt8]) -> [UInt8] {
    // A header of zlib, stored blocks of deflate, and the checksum (RFC 1950, RFC 1951).
    var stream: [UInt8] = [0x78, 0x01]
    var position = 0
    repeat {
      let end = min(payload.count, position + 65_535)
      let length = UInt16(end - position)
      stream.append(end == payload.count ? 1 : 0)
      for half in [length, ~length] {
        stream.append(UInt8(half & 255))
        stream.append(UInt8(half >> 8))
      }
      stream += payload[position..<end]
      position = end
    } while position < payload.count
    append(adler32(payload), to: &stream)
    var bytes: [UInt8] = []
    append(UInt32(0x1c84_9304 | 0x10), to: &bytes)
    append(UInt32(stream.count), to: &bytes)
    return bytes + stream
  }

  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }

  private static func append(_ count: Int64, to bytes: inout [UInt8]) {
    var zigzag = UInt64(bitPattern: count << 1 ^ count >> 63)
    // At most nine bytes, of which the ninth holds eight bits.
    for _ in 0..<8 {
      if zigzag < 128 { break }
      bytes.append(UInt8(zigzag & 127) | 128)
      zigzag >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: zigzag))
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var word: UInt32 = 0
      for byte in part { word = word << 8 | UInt32(byte) }
      word <<= UInt32(8 * (3 - part.count))
      for place in 0..<4 {
        text.append(
          place <= part.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "=")
        )
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func milliseconds(_ nanoseconds: Int64) -> String {
    thousandths(Double(nanoseconds) / 1e6)
  }

  private static func thousandths(_ number: Double) -> String {
    let whole = Int64((number * 1_000).rounded())
    let fraction = String(whole % 1_000)
    return "\(whole / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
