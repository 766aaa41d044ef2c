extension DigitsModel {
  /// The first line of a model file; the number is the version of the format.
  public static let magicLine = "andruck-digits 1"

  /// Reads a model file.
  ///
  /// Throws a `DigitsModelError` that names the place of what is wrong.
  ///
  /// The checksum is verified first, so that a damaged file is never half understood. Only a file
  /// that does not begin as a model file at all gets the error for that instead.
  public init(parsing bytes: [UInt8]) throws(DigitsModelError) {
    let magic = Array(Self.magicLine.utf8) + [UInt8(ascii: "\n")]
    guard bytes.starts(with: magic) else {
      throw DigitsModelError(
        code: .notAModel, message: "the file does not begin with the line “\(Self.magicLine)”")
    }
    let body = bytes.dropLast(4)
    let stored = bytes.suffix(4)
    guard body.count >= magic.count else {
      throw DigitsModelError(code: .truncated, message: "the file ends after its first line")
    }
    let expected = stored.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let computed = CRC32.checksum(of: body)
    guard computed == expected else {
      throw DigitsModelError(
        code: .checksumMismatch,
        message: "the checksum of the file is \(hexadecimal(computed)) but its last four bytes say "
          + "\(hexadecimal(expected)): it is damaged or cut short (\(bytes.count) bytes)")
    }
    try self.init(header: DigitsModelHeader(parsing: body), body: body)
  }

  private init(header: DigitsModelHeader, body: ArraySlice<UInt8>) throws(DigitsModelError) {
    let kindName = try header.text("kind")
    guard let kind = Kind(rawValue: kindName) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw header.fault("kind", "“\(kindName)” is none of \(known)")
    }
    self.kind = kind
    name = try header.text("name")
    version = try header.integer("version", in: 1...1_000_000)
    classCount = try header.integer("classes", in: 2...256)
    _ = try header.integer("features", in: Self.pixelCount...Self.pixelCount)
    scale = try header.integer("scale", in: 1...65_536)
    hiddenCount = kind == .twoLayer ? try header.integer("hidden", in: 1...2048) : 0
    warmUpBytes = try header.integer("warm_up_bytes", in: 0...(1 << 50), default: 0)
    warmUpSeconds = try header.integer("warm_up_seconds", in: 0...86_400, default: 0)
    var known = [
      "kind", "name", "version", "classes", "features", "scale", "warm_up_bytes",
      "warm_up_seconds",
    ]
    if kind == .twoLayer { known.append("hidden") }
    try header.refuseFields(otherThan: known)

    let count = Self.parameterCount(kind: kind, classes: classCount, hidden: hiddenCount)
    let binary = body[header.end...]
    guard binary.count == count * 4 else {
      throw DigitsModelError(
        code: .wrongSize,
        message: "\(kind.rawValue) with \(classCount) classes has \(count) parameters in "
          + "\(count * 4) bytes, but \(binary.count) bytes follow the header")
    }
    let parameters = try Self.parameters(in: binary)
    self.parameters = parameters
    let narrow = kind == .nearestCentroid ? parameters.compactMap { Int16(exactly: $0) } : []
    narrowParameters = narrow.count == parameters.count ? narrow : []
    squaredMeans =
      kind != .nearestCentroid
      ? []
      : (0..<classCount).map { row in
        parameters[(row * Self.pixelCount)..<((row + 1) * Self.pixelCount)].reduce(0) {
          $0 + Int64($1) * Int64($1)
        }
      }
  }

  /// How many parameters a model of a kind has: weights of 64 pixels, with a bias where it has one.
  private static func parameterCount(kind: Kind, classes: Int, hidden: Int) -> Int {
    switch kind {
    case .nearestCentroid: classes * pixelCount
    case .linear: classes * (pixelCount + 1)
    case .twoLayer: hidden * (pixelCount + 1) + classes * (hidden + 1)
    }
  }

  private static func parameters(
    in binary: ArraySlice<UInt8>
  ) throws(DigitsModelError) -> [Int32] {
    let limit: Int32 = 1 << 20
    var result: [Int32] = []
    result.reserveCapacity(binary.count / 4)
    var offset = binary.startIndex
    while offset < binary.endIndex {
      let bits =
        UInt32(binary[offset]) | UInt32(binary[offset + 1]) << 8
        | UInt32(binary[offset + 2]) << 16 | UInt32(binary[offset + 3]) << 24
      let value = Int32(bitPattern: bits)
      guard value >= -limit && value <= limit else {
        throw DigitsModelError(
          code: .parameterOutOfRange,
          message: "parameter \(result.count + 1) at byte \(offset) is \(value), beyond ±\(limit)")
      }
      result.append(value)
      offset += 4
    }
    return result
  }
}

/// A file that is no model, or a damaged one.
public struct DigitsModelError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with the file.
  public enum Code: Sendable, Equatable {
    /// It does not begin with the magic line.
    case notAModel
    /// It ends within the header.
    case truncated
    /// Its last four bytes are not the CRC-32 of the others.
    case checksumMismatch
    /// A header field is missing, unknown, repeated or out of range.
    case badHeader
    /// There are more or fewer parameters than the header asks for.
    case wrongSize
    /// A parameter is beyond ±2^20.
    case parameterOutOfRange
  }

  /// What is wrong with the file.
  public let code: Code

  /// What is wrong and where, in one line.
  public let message: String

  /// The message.
  public var description: String { message }
}
