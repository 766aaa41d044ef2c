/// How a call ended.
public struct GRPCStatus: Error, Hashable, Sendable {
  /// The code.
  public var code: GRPCStatusCode

  /// What happened, for a person; empty for OK.
  public var message: String

  /// A code and what happened.
  public init(_ code: GRPCStatusCode, _ message: String = "") {
    self.code = code
    self.message = message
  }

  /// The call succeeded.
  public static let ok = GRPCStatus(.ok)

  /// Whether the call succeeded.
  public var isOK: Bool { code == .ok }
}

extension GRPCStatus: CustomStringConvertible {
  /// The code's name and the message.
  public var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }
}

/// The status codes of gRPC with their numbers on the wire.
public enum GRPCStatusCode: Int, Hashable, Sendable, CaseIterable {
  /// The call succeeded.
  case ok = 0
  /// The call was cancelled, usually by the caller.
  case cancelled = 1
  /// A fault that says no more.
  case unknown = 2
  /// An argument that is wrong whatever the system's state is.
  case invalidArgument = 3
  /// The deadline passed before the call ended.
  case deadlineExceeded = 4
  /// Something asked for is not there.
  case notFound = 5
  /// Something to be created is there already.
  case alreadyExists = 6
  /// The caller may not do this.
  case permissionDenied = 7
  /// A quota, a limit or the memory is used up.
  case resourceExhausted = 8
  /// The system is not in a state in which the call can be made.
  case failedPrecondition = 9
  /// The call was given up, as with a conflict of transactions.
  case aborted = 10
  /// A position beyond the valid range.
  case outOfRange = 11
  /// There is no such method here.
  case unimplemented = 12
  /// An invariant is broken.
  case `internal` = 13
  /// The service cannot be reached now; a later try may succeed.
  case unavailable = 14
  /// Data is lost or damaged for good.
  case dataLoss = 15
  /// The caller did not say who it is.
  case unauthenticated = 16

  /// The name as gRPC spells it, such as `DEADLINE_EXCEEDED`.
  public var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}
