public import DruckerProtocol
public import Transport

/// Work of a model server that takes CPU time.
public enum ComputeKind: Hashable, Sendable {
  /// A prediction and the size of its request message.
  case predict(input: PayloadKind, payloadBytes: Int)
  /// Loading a model file of a size.
  case load(bytes: Int)
  /// An evaluation of a number of cases.
  case evaluate(count: Int)
}

/// Grants CPU time to a model server; the simulation queues work on the pod's CPU.
///
/// A server without a gate computes at once, which is what a live one does.
public protocol ComputeGate: AnyObject {
  /// Calls `start` once the work's CPU time has been spent, never from within this call.
  ///
  /// The answer is computed and sent from within `start`. Cancelling the returned timer drops
  /// work that still waits, and frees what is left of work that runs.
  func run(_ work: ComputeKind, start: @escaping () -> Void) -> any ScheduledTimer
}
