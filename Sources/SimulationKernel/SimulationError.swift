/// Why a simulation could not go on: a fault of the harness or its user, not of the simulated world.
public struct SimulationError: Error, CustomStringConvertible {
  /// What a caller may act on.
  public enum Code: Sendable {
    /// Nothing is left to do and somebody still waits.
    case deadlock
    /// A task of the simulation was resumed by a thread outside it.
    case escape
    /// This toolchain or process does not allow deterministic execution.
    case unsupportedToolchain
    /// More events happened than the limit allows.
    case eventLimit
  }

  /// What a caller may act on.
  public let code: Code
  /// One or more lines for people: what happened, who waits for what, what to do.
  public let message: String

  /// The message with seed and virtual time.
  public var description: String { message }
}
