/// Which model a service loads when it starts: one row of `model_assignments`.
public struct Assignment: Sendable, Equatable {
  /// The service's name, which is the row's key.
  public var serviceName: String
  /// The model's file name inside the application's folder of the model storage.
  public var modelPath: String
  /// True until a model is switched to: the row was created by the service's own first start.
  public var firstBoot: Bool

  /// One row.
  public init(serviceName: String, modelPath: String, firstBoot: Bool) {
    self.serviceName = serviceName
    self.modelPath = modelPath
    self.firstBoot = firstBoot
  }
}

/// A call on the assignment table that gave nothing, as a value of the simulated world.
public struct AssignmentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a caller could act on.
  public enum Code: String, Sendable, CaseIterable {
    /// Somebody else holds the lock; worth another try.
    case locked
    /// The database cannot be reached.
    case unavailable
    /// A name is empty or longer than its column.
    case invalidArgument
    /// The database mode is one that Andruck does not offer.
    case unsupportedMode
    /// The file is damaged or holds another schema.
    case damaged
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

  /// `assignment store: message (code)`.
  public var description: String { "assignment store: \(message) (\(code.rawValue))" }
}

/// The answer of a call and how long it took in the modelled world.
///
/// The call's effect has happened when it returns; the caller acts on the answer only after
/// `delay` of its own time (virtual in a simulation).
public struct AssignmentOutcome<Value> {
  /// The answer.
  public var result: Result<Value, AssignmentError>
  /// How long the caller waits before it acts on the answer.
  public var delay: Duration

  /// An answer after a delay.
  public init(_ result: Result<Value, AssignmentError>, delay: Duration = .zero) {
    self.result = result
    self.delay = delay
  }
}

extension AssignmentOutcome: Sendable where Value: Sendable {}
