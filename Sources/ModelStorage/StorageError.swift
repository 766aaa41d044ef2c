/// A storage call that gave nothing, as a value of the simulated world.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a caller could act on.
  public enum Code: String, Sendable, CaseIterable {
    /// A name that no file may have.
    case invalidPath
    /// No such file.
    case missing
    /// The mount is not there on this node.
    case notMounted
    /// No room for what was to be written.
    case full
    /// The upload has been committed or aborted already.
    case uploadEnded
    /// The system below refused, for a reason in the message.
    case failed
  }

  /// What happened.
  public var code: Code
  /// What happened, for a log.
  public var message: String

  /// An error with its message.
  public init(code: Code, message: String) {
    self.code = code
    self.message = message
  }

  /// `model storage: message (code)`.
  public var description: String { "model storage: \(message) (\(code.rawValue))" }
}

/// The answer of a call and how long it took in the modelled world.
///
/// The call's effect has happened when it returns; the caller acts on the answer only after
/// `delay` of its own time (virtual in a simulation).
public struct StorageOutcome<Value> {
  /// The answer.
  public var result: Result<Value, StorageError>
  /// How long the caller waits before it acts on the answer.
  public var delay: Duration

  /// An answer after a delay.
  public init(_ result: Result<Value, StorageError>, delay: Duration = .zero) {
    self.result = result
    self.delay = delay
  }

  /// A success without delay.
  public static func success(_ value: Value) -> StorageOutcome { .init(.success(value)) }

  /// A failure without delay.
  public static func failure(_ code: StorageError.Code, _ message: String) -> StorageOutcome {
    .init(.failure(StorageError(code: code, message: message)))
  }
}

extension StorageOutcome: Sendable where Value: Sendable {}
