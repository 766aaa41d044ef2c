import DruckerProtocol

/// Gives room for a record of a prediction, whose bytes are all written at once; see `PredictionLines`.
public typealias PredictionRecordSink = (_ byteCount: Int) -> UnsafeMutableRawPointer

/// What the service log keeps of a prediction until its line is written.
///
/// A record begins with its length and a time; parts follow, unless the client keeps them out of the log:
/// the option and the input, the answer's option, output and scores. Everything begins at a multiple of
/// eight bytes from the record's start, which is at one of memory.
struct PredictionRecord {
  /// When the prediction was answered, in milliseconds since 1970.
  let milliseconds: Int64
  let isSuppressed: Bool
  private let byteCount: Int

  private static let headBytes = MemoryLayout<Self>.stride

  /// A value within a record.
  enum Value {
    case string(UnsafeRawBufferPointer)
    /// Bytes are counted only.
    case bytes(count: Int)
    case arrInt(UnsafeBufferPointer<Int32>)
    case arrFloat(UnsafeBufferPointer<Float>)
    case arrString(Parts)
  }

  /// Writes a record where `room` says.
  static func write(
    _ request: PredictRequest, _ answer: Prediction, milliseconds: Int64, isSuppressed: Bool,
    _ room: PredictionRecordSink
  ) {
    if isSuppressed {
      let record = Self(milliseconds: milliseconds, isSuppressed: true, byteCount: headBytes)
      room(headBytes).storeBytes(of: record, as: Self.self)
      return
    }
    let option = answer.option.text
    let byteCount =
      headBytes + Part.byteCount(request.optionText) + Part.byteCount(request.input)
      + Part.byteCount(option) + Part.byteCount(answer.output) + Part.byteCount(answer.scores)
    let place = room(byteCount)
    let record = Self(milliseconds: milliseconds, isSuppressed: false, byteCount: byteCount)
    place.storeBytes(of: record, as: Self.self)
    var part = Part(place: place + headBytes)
    part.put(request.optionText)
    part.put(request.input)
    part.put(option)
    part.put(answer.output)
    part.put(answer.scores)
  }

  /// Calls `body` with each record and its parts.
  @inline(__always)
  static func forEach(_ records: UnsafeRawBufferPointer, _ body: (Self, inout Parts) -> Void) {
    guard var place = records.baseAddress else { return }
    let end = place + records.count
    while place < end {
      let record = place.load(as: Self.self)
      var parts = Parts(place: place + headBytes, end: place + record.byteCount)
      body(record, &parts)
      place += record.byteCount
    }
  }

  /// The parts of a record, or of a part that has several.
  struct Parts {
    fileprivate var place: UnsafeRawPointer
    fileprivate let end: UnsafeRawPointer

    /// The next one; nil after the last.
    mutating func next() -> Value? {
      guard place < end else { return nil }
      let head = place.load(as: Part.Head.self)
      let start = place + MemoryLayout<Part.Head>.size
      place = start + Part.padded(head.byteCount)
      let bytes = UnsafeRawBufferPointer(start: start, count: head.byteCount)
      switch head.kind {
      case .string: return .string(bytes)
      case .bytes: return .bytes(count: start.load(as: Int.self))
      case .arrInt: return .arrInt(bytes.assumingMemoryBound(to: Int32.self))
      case .arrFloat: return .arrFloat(bytes.assumingMemoryBound(to: Float.self))
      case .arrString: return .arrString(Parts(place: start, end: start + head.byteCount))
      }
    }
  }

  /// Where the next part is written.
  private struct Part {
    struct Head {
      let kind: Kind
      let byteCount: Int
    }

    enum Kind: UInt8 {
      case string
      case bytes
      case arrInt
      case arrFloat
      case arrString
    }

    var place: UnsafeMutableRawPointer

    static func padded(_ byteCount: Int) -> Int { (byteCount + 7) & ~7 }

    static func byteCount(of content: Int) -> Int { MemoryLayout<Head>.size + padded(content) }

    static func byteCount(_ text: String) -> Int { byteCount(of: text.utf8.count) }

    static func byteCount(_ numbers: [Float]) -> Int { byteCount(of: 4 * numbers.count) }

    static func byteCount(_ texts: [String]) -> Int {
      byteCount(of: texts.reduce(0) { $0 + byteCount($1) })
    }

    static func byteCount(_ input: PredictInput) -> Int {
      switch input {
      case .string(let text): byteCount(text)
      case .bytes: byteCount(of: MemoryLayout<Int>.size)
      case .arrInt(let values): byteCount(of: 4 * values.count)
      case .arrFloat(let values): byteCount(values)
      case .arrString(let texts): byteCount(texts)
      }
    }

    static func byteCount(_ output: PredictOutput) -> Int {
      switch output {
      case .string(let text): byteCount(text)
      case .bytes: byteCount(of: MemoryLayout<Int>.size)
      case .arrInt(let values): byteCount(of: 4 * values.count)
      case .arrFloat(let values): byteCount(values)
      case .arrString(let texts): byteCount(texts)
      }
    }

    private mutating func put(_ kind: Kind, _ bytes: UnsafeRawBufferPointer) {
      begin(kind, byteCount: bytes.count)
      if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
      place += Self.padded(bytes.count)
    }

    private mutating func begin(_ kind: Kind, byteCount: Int) {
      place.storeBytes(of: Head(kind: kind, byteCount: byteCount), as: Head.self)
      place += MemoryLayout<Head>.size
    }

    mutating func put(_ text: String) {
      var text = text
      text.withUTF8 { put(.string, UnsafeRawBufferPointer($0)) }
    }

    mutating func put(_ numbers: [Float]) { numbers.withUnsafeBytes { put(.arrFloat, $0) } }

    private mutating func put(_ numbers: [Int32]) { numbers.withUnsafeBytes { put(.arrInt, $0) } }

    private mutating func put(byteCount: Int) {
      withUnsafeBytes(of: byteCount) { put(.bytes, $0) }
    }

    private mutating func put(_ texts: [String]) {
      begin(.arrString, byteCount: Self.byteCount(texts) - MemoryLayout<Head>.size)
      for text in texts { put(text) }
    }

    mutating func put(_ input: PredictInput) {
      switch input {
      case .string(let text): put(text)
      case .bytes(let bytes): put(byteCount: bytes.count)
      case .arrInt(let values): put(values)
      case .arrFloat(let values): put(values)
      case .arrString(let texts): put(texts)
      }
    }

    mutating func put(_ output: PredictOutput) {
      switch output {
      case .string(let text): put(text)
      case .bytes(let bytes): put(byteCount: bytes.count)
      case .arrInt(let values): put(values)
      case .arrFloat(let values): put(values)
      case .arrString(let texts): put(texts)
      }
    }
  }
}
