/// Bytes that are no valid protobuf message, or none that this runtime takes.
public struct ProtobufError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the bytes.
  public enum Code: String, Hashable, Sendable {
    /// A field reaches beyond the end of its message.
    case truncated = "a field reaches beyond the end of its message"
    /// A varint has more than ten bytes.
    case malformedVarint = "a varint has more than ten bytes"
    /// A field number of 0, one beyond 2^29 - 1, or a wire type that does not exist.
    case invalidTag = "a field has an invalid number or wire type"
    /// A string is not valid UTF-8.
    case invalidUTF8 = "a string is not valid UTF-8"
    /// Messages or groups are nested deeper than `ProtobufReader.depthMax`.
    case tooDeep = "messages are nested too deeply"
    /// A group ends that was not begun, or begins and does not end.
    case unbalancedGroup = "a group is not closed by its own end"
  }

  /// What is wrong.
  public let code: Code

  /// Where in the bytes, counted from the start of the outermost message.
  public let byteOffset: Int

  /// An error at a place.
  public init(_ code: Code, byteOffset: Int) {
    self.code = code
    self.byteOffset = byteOffset
  }

  /// One line that names the fault and its place.
  public var description: String { "protobuf: \(code.rawValue) (byte \(byteOffset))" }
}
