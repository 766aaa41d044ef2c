/// A rehearsal that cannot go on as its driver wants, or a file that cannot be read.
public struct RehearsalError: Error, Sendable, CustomStringConvertible {
  /// What a caller may act on.
  public enum Code: Sendable {
    /// A file cannot be read.
    case file
    /// What was waited for did not come in time.
    case limitPassed
    /// The story has ended.
    case ended
    /// There is no such service, pod or source of traffic.
    case unknown
    /// A matrix is several stories, and only one can be driven.
    case matrix
  }

  /// What a caller may act on.
  public let code: Code
  /// What was expected and what was seen; then seed, virtual time, what happened before, and how to
  /// run it again.
  public let message: String

  /// The message.
  public var description: String { message }
}

/// A prediction that failed, as its client saw it.
public struct PredictFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The gRPC status code's name, such as `UNAVAILABLE`.
  public let status: String
  /// What the status says.
  public let message: String

  /// Status and message.
  public var description: String { "\(status): \(message)" }
}
