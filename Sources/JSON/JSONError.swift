/// Text that is not JSON, with the place of the fault.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: String, Sendable {
    /// The text breaks JSON's grammar.
    case syntax
    /// The text ends within a value.
    case unexpectedEnd
    /// A text is not valid UTF-8.
    case invalidEncoding
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep
  }

  /// What kind of fault it is.
  public var code: Code
  /// What was found and what was expected.
  public var message: String
  /// The line, counted from 1.
  public var line: Int
  /// The column in bytes, counted from 1.
  public var column: Int

  /// The place and the message on one line.
  public var description: String { "line \(line), column \(column): \(message)" }
}
