/// Every form in which a digit comes in a predict call, made into 64 pixels.
enum DigitsInput {
  /// Numbers separated by commas, with or without spaces around them.
  static func pixels(
    ofText text: String, count: Int = DigitsModel.pixelCount
  ) throws(DigitsInputError) -> [Int32] {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == count else {
      throw DigitsInputError(
        code: .wrongCount,
        message: "expected \(count) numbers separated by commas, found \(fields.count)")
    }
    return try pixels(ofFields: fields.map { String($0) })
  }

  /// One number in each text.
  static func pixels(ofFields fields: [String]) throws(DigitsInputError) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(fields.count)
    for (index, field) in fields.enumerated() {
      guard let value = Int32(trimmed(field)) else {
        throw DigitsInputError(
          code: .notANumber,
          message: "value \(index + 1) is “\(field.prefix(20))”, not a whole number")
      }
      result.append(value)
    }
    return result
  }

  /// Numbers that must be whole.
  static func pixels(ofFloats floats: [Float]) throws(DigitsInputError) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(floats.count)
    for (index, float) in floats.enumerated() {
      guard let value = Int32(exactly: float) else {
        throw DigitsInputError(
          code: .notANumber, message: "value \(index + 1) is \(float), not a whole number")
      }
      result.append(value)
    }
    return result
  }

  /// One byte a pixel, its value the pixel's.
  static func pixels(ofBytes bytes: [UInt8]) -> [Int32] {
    bytes.map(Int32.init)
  }
}
