/// A trained classifier of handwritten digits, read from a file of the format `andruck-digits 1`.
///
/// The format is described in `Fixtures/models/README.md`. All arithmetic is on integers, so that a
/// model answers the same on every machine.
public struct DigitsModel: Sendable, Equatable {
  /// How many pixels a digit has: 8 rows of 8.
  public static let pixelCount = 64

  /// The greatest value of a pixel; the least is 0.
  public static let pixelMax: Int32 = 16

  /// How a class is chosen; the raw value is what the file's `kind` field says.
  public enum Kind: String, Sendable, CaseIterable {
    /// The class whose mean training image is nearest, by squared distance.
    case nearestCentroid = "nearest-centroid"
    /// The class with the greatest weighted sum of the pixels, as softmax regression trains it.
    case linear
    /// The same over one hidden layer of rectified sums.
    case twoLayer = "two-layer"
  }

  /// How a class is chosen.
  public let kind: Kind

  /// The model's name, of the file's `name` field.
  public let name: String

  /// The model's version, of the file's `version` field; at least 1.
  public let version: Int

  /// How many classes there are; answers are 0 up to, without, this number.
  public let classCount: Int

  /// How many sums the hidden layer has; 0 unless `kind` is `twoLayer`.
  public let hiddenCount: Int

  /// What the real-valued parameters were multiplied with before they were rounded.
  public let scale: Int

  /// Working memory in bytes that a server of this model comes to hold after it has loaded it.
  ///
  /// It is filled evenly over `warmUpSeconds`. 0 for a model that needs no more than its file.
  public let warmUpBytes: Int

  /// How many seconds after loading it takes until `warmUpBytes` are in use.
  public let warmUpSeconds: Int

  /// The parameters in the file's order, each within ±2^20.
  let parameters: [Int32]

  /// The same in half the memory, which is twice as fast to multiply; empty unless all are so small and
  /// `kind` is `nearestCentroid`.
  let narrowParameters: [Int16]

  /// The squared length of each class's mean image; empty unless `kind` is `nearestCentroid`.
  let squaredMeans: [Int64]

  /// What a model answers to one digit.
  public struct Answer: Sendable, Equatable {
    /// The class: the digit that was recognised.
    public let label: Int

    /// By how much the best class beats the second; in the model's own unit, never negative.
    public let margin: Int64

    /// By how much the best class beats the worst; in the model's own unit, at least `margin`.
    public let spread: Int64

    /// How sure the model is, from 0 (a tie) to 1: `margin` over `spread`.
    ///
    /// A margin of 30 in a spread of 120 scores 0.25.
    public var score: Double { spread == 0 ? 0 : Double(margin) / Double(spread) }
  }

  /// Recognises one digit: 64 pixels of 0…16, row by row.
  ///
  /// Of equally good classes the least wins.
  public func classify(_ pixels: [Int32]) throws(DigitsInputError) -> Answer {
    try Self.validate(pixels)
    switch kind {
    case .nearestCentroid:
      return withUnsafeTemporaryAllocation(of: Int64.self, capacity: classCount) { values in
        nearnesses(of: pixels, into: values)
        return answer(toValues: UnsafeBufferPointer(values))
      }
    case .linear:
      let inputs = pixels.map(Int64.init)
      return sums(of: inputs, weightsAt: 0, biasFactor: 1, count: classCount)
        .withUnsafeBufferPointer { answer(toValues: $0) }
    case .twoLayer:
      let inputs = pixels.map(Int64.init)
      let hidden = sums(of: inputs, weightsAt: 0, biasFactor: 1, count: hiddenCount)
      let second = hiddenCount * (Self.pixelCount + 1)
      return sums(
        of: hidden.map { max(0, $0) }, weightsAt: second, biasFactor: Int64(scale),
        count: classCount
      ).withUnsafeBufferPointer { answer(toValues: $0) }
    }
  }

  /// Throws unless there are 64 pixels and each is in 0…16.
  static func validate(_ pixels: [Int32]) throws(DigitsInputError) {
    guard pixels.count == pixelCount else {
      throw DigitsInputError(
        code: .wrongCount, message: "a digit has \(pixelCount) values, not \(pixels.count)")
    }
    // Of 0...16 neither the number nor 15 more has a bit beyond the fifth, of all others one has.
    var bits: Int32 = 0
    for pixel in pixels { bits |= pixel | (pixel &+ (pixelMax - 1)) }
    if bits & ~(2 * pixelMax - 1) == 0 { return }
    for (index, pixel) in pixels.enumerated() where pixel < 0 || pixel > pixelMax {
      throw DigitsInputError(
        code: .valueOutOfRange, message: "value \(index + 1) is \(pixel), not in 0...\(pixelMax)")
    }
  }
}

// MARK: - Integer arithmetic

// Parameters are within ±2^20, pixels within 2^4, the scale within 2^16 and the hidden layer within
// 2^12 sums. A squared distance stays below 64 · (2^21)^2 = 2^48, a hidden sum below 2^31, and a sum
// over the hidden layer below 2^12 · 2^31 · 2^20 = 2^63: nothing here overflows an Int64, so that the
// arithmetic needs no checks.
extension DigitsModel {
  /// Minus the squared distance of the pixels to every class's mean image, in the file's scale.
  ///
  /// (s x - m)^2 summed is s^2 x^2 - 2 s x m + m^2 summed, of which only x m is new work for each
  /// class; it stays below 64 · 2^4 · 2^20 = 2^30.
  private func nearnesses(
    of pixels: [Int32], into values: UnsafeMutableBufferPointer<Int64>
  ) {
    let square =
      narrowParameters.isEmpty
      ? products(of: pixels, into: values) : narrowProducts(of: pixels, into: values)
    let scale = Int64(scale)
    let own = scale &* scale &* Int64(square)
    squaredMeans.withUnsafeBufferPointer { squares in
      for row in 0..<squares.count {
        values[row] = 2 &* scale &* values[row] &- own &- squares[row]
      }
    }
  }

  /// The sum of pixels times parameters of each class, and of pixels times pixels.
  private func products(
    of pixels: [Int32], into values: UnsafeMutableBufferPointer<Int64>
  ) -> Int32 {
    for row in 0..<classCount {
      var sum: Int32 = 0
      for position in 0..<Self.pixelCount {
        sum &+= pixels[position] &* parameters[row &* Self.pixelCount &+ position]
      }
      values.initializeElement(at: row, to: Int64(sum))
    }
    var square: Int32 = 0
    for pixel in pixels { square &+= pixel &* pixel }
    return square
  }

  /// The same of numbers of 16 bits, of which processors multiply eight pairs at once.
  private func narrowProducts(
    of pixels: [Int32], into values: UnsafeMutableBufferPointer<Int64>
  ) -> Int32 {
    precondition(narrowParameters.count == values.count * Self.pixelCount)
    return withUnsafeTemporaryAllocation(of: Int16.self, capacity: Self.pixelCount) { narrow in
      for position in 0..<Self.pixelCount {
        narrow.initializeElement(at: position, to: Int16(truncatingIfNeeded: pixels[position]))
      }
      guard let own = UnsafeRawPointer(narrow.baseAddress) else { return 0 }
      narrowParameters.withUnsafeBytes { parameters in
        guard var place = parameters.baseAddress else { return }
        for row in values.indices {
          values.initializeElement(at: row, to: Int64(Self.narrowProduct(own, place)))
          place += narrow.count * MemoryLayout<Int16>.size
        }
      }
      return Self.narrowProduct(own, own)
    }
  }

  @inline(__always)
  private static func narrowProduct(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer) -> Int32 {
    var sums = SIMD8<Int32>.zero
    for byte in stride(from: 0, to: pixelCount * MemoryLayout<Int16>.size, by: 16) {
      let one = one.loadUnaligned(fromByteOffset: byte, as: SIMD8<Int16>.self)
      let other = other.loadUnaligned(fromByteOffset: byte, as: SIMD8<Int16>.self)
      sums &+= SIMD8<Int32>(truncatingIfNeeded: one) &* SIMD8<Int32>(truncatingIfNeeded: other)
    }
    return sums.wrappedSum()
  }

  /// Dense layer: `count` rows of weights from `weightsAt` on, then `count` biases.
  private func sums(
    of inputs: [Int64], weightsAt start: Int, biasFactor: Int64, count: Int
  ) -> [Int64] {
    var result: [Int64] = []
    result.reserveCapacity(count)
    let biases = start + count * inputs.count
    var index = start
    for output in 0..<count {
      var sum = Int64(parameters[biases + output]) * biasFactor
      for input in inputs {
        sum += Int64(parameters[index]) * input
        index += 1
      }
      result.append(sum)
    }
    return result
  }

  private func answer(toValues values: UnsafeBufferPointer<Int64>) -> Answer {
    var best = 0
    for index in values.indices where values[index] > values[best] { best = index }
    var second: Int64?
    var worst = values[best]
    for index in values.indices where index != best {
      second = max(second ?? values[index], values[index])
      worst = min(worst, values[index])
    }
    return Answer(
      label: best, margin: values[best] - (second ?? values[best]), spread: values[best] - worst)
  }
}

/// An input that is no digit.
public struct DigitsInputError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with the input.
  public enum Code: Sendable, Equatable {
    /// It has more or fewer than 64 values.
    case wrongCount
    /// A value is below 0 or above 16.
    case valueOutOfRange
    /// A value is no whole number.
    case notANumber
  }

  /// What is wrong with the input.
  public let code: Code

  /// What is wrong and where, in one line.
  public let message: String

  /// The message.
  public var description: String { message }
}
