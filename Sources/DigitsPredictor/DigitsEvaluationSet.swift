/// Labelled digits to evaluate a model with: a label and 64 pixels a line, separated by commas.
///
/// Blank lines and lines that begin with `#` are skipped.
public struct DigitsEvaluationSet: Sendable, Equatable {
  /// One labelled digit.
  public struct Row: Sendable, Equatable {
    /// The digit that was written.
    public let label: Int
    /// Its 64 pixels of 0…16, row by row.
    public let pixels: [Int32]
  }

  /// The digits in the order of the file; never empty.
  public let rows: [Row]

  /// Reads a file's bytes.
  ///
  /// Throws an error that names the line of what is wrong.
  public init(parsing bytes: [UInt8]) throws(DigitsEvaluationSetError) {
    var rows: [Row] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = trimmed(String(decoding: line, as: UTF8.self))
      if text.isEmpty || text.hasPrefix("#") { continue }
      rows.append(try Self.row(text, line: index + 1))
    }
    guard !rows.isEmpty else {
      throw DigitsEvaluationSetError(line: lines.count, message: "there is no labelled digit")
    }
    self.rows = rows
  }

  private static func row(_ text: String, line: Int) throws(DigitsEvaluationSetError) -> Row {
    do throws(DigitsInputError) {
      let values = try DigitsInput.pixels(ofText: text, count: DigitsModel.pixelCount + 1)
      let pixels = Array(values.dropFirst())
      try DigitsModel.validate(pixels)
      guard let label = values.first, (0...255).contains(label) else {
        throw DigitsInputError(
          code: .valueOutOfRange, message: "a label is a whole number from 0 to 255")
      }
      return Row(label: Int(label), pixels: pixels)
    } catch {
      throw DigitsEvaluationSetError(line: line, message: error.message)
    }
  }
}

/// A line of an evaluation file that is no labelled digit.
public struct DigitsEvaluationSetError: Error, Equatable, CustomStringConvertible {
  /// The line, counted from 1.
  public let line: Int

  /// What is wrong with it.
  public let message: String

  /// Line and message.
  public var description: String { "line \(line): \(message)" }
}
