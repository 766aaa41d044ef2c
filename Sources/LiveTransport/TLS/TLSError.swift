/// A certificate, a key or a list of trusted certificates that cannot be used.
public struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, where one is at fault.
  public let file: String?

  /// What is wrong with it, and why.
  public let message: String

  /// The file and the message.
  public var description: String { file.map { "\($0): \(message)" } ?? message }
}
