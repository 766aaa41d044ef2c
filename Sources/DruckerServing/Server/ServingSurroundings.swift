public import AssignmentStore
public import GRPC
public import ModelStorage
public import Transport

/// What a model server finds around itself: the shell's clock, CPU, storage and logs.
public struct ServingSurroundings {
  /// Time and timers.
  public var loop: any EventLoop
  /// Which model each service loads.
  public var assignments: any AssignmentStoring
  /// The models of all applications.
  public var models: any ModelMount
  /// Evaluation data and results of all applications.
  public var evaluations: any ModelMount
  /// The system log and the service log.
  public var log: ServingLog
  /// Grants CPU time; nil computes at once.
  public var computeGate: (any ComputeGate)?
  /// Brings answers of asynchronous predictors back to the event loop's thread.
  public var returnToLoop: ReturnToLoop = { $0() }
  /// Limits of connections and messages.
  public var grpc = GRPCServerSettings()

  /// Surroundings with the default limits.
  public init(
    loop: any EventLoop, assignments: any AssignmentStoring, models: any ModelMount,
    evaluations: any ModelMount, log: ServingLog, computeGate: (any ComputeGate)? = nil
  ) {
    self.loop = loop
    self.assignments = assignments
    self.models = models
    self.evaluations = evaluations
    self.log = log
    self.computeGate = computeGate
  }
}
