/// A time in a story: since its start, or since something in the timeline happened.
///
/// Written `90s`, `bad switch` (the timeline entry of that name), or `bad switch + 90s`.
package struct Moment {
  /// The timeline entry that it counts from; nil: the start.
  package var entry: String?
  /// The duration after that.
  package var offset: Duration
  /// Where it stands in the file.
  package var location: SourceLocation
}

/// When an entry of the timeline happens.
package enum Trigger {
  /// At a moment.
  case at(Moment)
  /// When a condition first holds, from the entry before it in the file on, plus a delay.
  case when(Condition, delay: Duration)
  /// Again and again, so many times and until a moment, as far as they are given.
  case every(Duration, from: Moment, until: Moment?, times: Int?)
}

/// Something that the operator does, or that breaks.
package struct TimelineEntry {
  /// The name by which moments refer to it.
  package var name: String
  /// When it happens.
  package var trigger: Trigger
  /// What happens.
  package var action: Action
  /// Where it begins in the file.
  package var location: SourceLocation
}

/// What an entry of the timeline does.
package enum Action {
  /// The operator assigns another model and starts the rolling update, as the dashboard does.
  case switchModel(ServiceReference, model: String)
  /// The operator adds the service; a service that the timeline deploys is not there at the start.
  case deploy(ServiceReference)
  /// The operator changes fields of the form.
  case edit(ServiceReference, ServiceEdit)
  /// The operator deletes the service.
  case deleteService(ServiceReference)
  /// The operator undoes the last rollout.
  case rollBack(ServiceReference)
  /// The operator pauses the rollout, or resumes it.
  case setPaused(ServiceReference, Bool)
  /// The operator sets the number of replicas.
  case scale(ServiceReference, replicas: Int)
  /// The operator uploads a model file under a name.
  case upload(application: String, model: String, file: String)
  /// The operator evaluates a model against labelled data.
  case evaluate(application: String, model: String, file: String)
  /// The dashboard compares its records with the cluster.
  case sync
  /// Somebody writes the assignment table by hand.
  case assign(ServiceReference, model: String)
  /// An administrator limits the pods of a service level.
  case quota(level: String, pods: Int)
  /// The operator lets no new pods onto a machine, or lets them again.
  case setCordoned(node: String, Bool)
  /// The operator cordons a machine and evicts its pods.
  case drain(node: String)
  /// The main process of some of the service's pods ends with exit code 1.
  case crash(ServiceReference, pods: Int)
  /// Somebody deletes some of the service's pods.
  case deletePods(ServiceReference, pods: Int)
  /// A machine dies.
  case nodeDown(String)
  /// A machine comes back, empty.
  case nodeUp(String)
  /// Something outside the pods fails, for a while or for good.
  case fault(Fault, lasts: Duration?)
}

/// Fields of the form that an edit changes; nil stays as it is.
package struct ServiceEdit {
  /// The branch that pods clone.
  package var gitBranch: String?
  /// The repository that pods clone.
  package var gitURL: String?
  /// The image.
  package var image: String?
  /// What pods run after the clone.
  package var bootScript: String?
  /// Replicas.
  package var replicasDefault: Int?
  /// The autoscaler's bounds.
  package var replicasMinimum: Int?
  /// The autoscaler's bounds.
  package var replicasMaximum: Int?
  /// The autoscaler's target in percent.
  package var cpuThresholdPercent: Int?
  /// CPU in thousandths of a core.
  package var cpuRequestMilli: Int64?
  /// CPU in thousandths of a core.
  package var cpuLimitMilli: Int64?
  /// Memory in bytes.
  package var memoryRequestBytes: Int64?
  /// Memory in bytes.
  package var memoryLimitBytes: Int64?
  /// Pods above the number in a rollout.
  package var maxSurge: Int?
  /// Pods below the number in a rollout.
  package var maxUnavailable: Int?
  /// minReadySeconds.
  package var waitSeconds: Int?
}

/// What fails, in the pods and around them.
package enum Fault {
  /// Some pods of a service accept no connections.
  case unresponsive(ServiceReference, pods: Int)
  /// Some pods of a service need so many times the CPU.
  case slowContainer(ServiceReference, pods: Int, factor: Int)
  /// The model storage is not mounted on a node.
  case storageNotMounted(node: String)
  /// Calls of the model storage take longer.
  case storageSlow(Duration)
  /// A model's file is not there.
  case modelMissing(application: String, model: String)
  /// A model's file has wrong bytes.
  case modelDamaged(application: String, model: String)
  /// The image registry does not answer.
  case registryDown
  /// Pulls take so many times as long.
  case registrySlow(factor: Int)
  /// The registry does not know an image.
  case imageMissing(String)
  /// The git host does not answer.
  case gitDown
  /// The git host refuses the key for a repository.
  case gitRefuses(repository: String)
  /// The assignment store cannot be reached.
  case storeUnavailable
  /// The assignment store is locked by somebody.
  case storeLocked
  /// Calls of the assignment store take longer.
  case storeSlow(Duration)
  /// Nothing crosses the network between a node and the rest.
  case partition(node: String)
  /// Nothing crosses the network between two sides.
  case linkCut(String, String)
  /// What crosses the network between two sides takes longer.
  case linkSlow(String, String, by: Duration, jitter: Duration)
  /// Some packets between two sides are lost.
  case linkLossy(String, String, rate: Double)
  /// Names cannot be resolved: NXDOMAIN.
  case namesFail
  /// Names cannot be resolved: no answer.
  case namesSilent
  /// Names take longer to resolve.
  case namesSlow(Duration)
  /// The ingress is not there.
  case ingressDown
  /// The API server answers nobody.
  case serverDown
  /// The API server answers some requests with an error.
  case serverErrors(rate: Double)
  /// Requests to the API server take longer.
  case serverSlow(Duration)
  /// Nobody learns of changes.
  case watchesCut
  /// No pod is put onto a machine.
  case schedulerPaused
  /// The metrics API answers with an error.
  case metricsDown
  /// The clock of a node is ahead of the others', or behind.
  case clockSkew(node: String, by: Duration)
}
