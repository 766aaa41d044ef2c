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
  /// Told of every prediction that was answered; a simulation checks by it which model answers.
  public var onPrediction: ((AnsweredPrediction) -> Void)?
  /// The model that servers of one process share; nil for one of this server's own.
  public var servedModel: ServedModel?
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

/// Which model answered which request.
public struct AnsweredPrediction: Hashable, Sendable {
  /// The request's `x-request-id`, if it has one.
  public let requestID: String?
  /// The file name of the model whose instance answered.
  public let modelFile: String
}
