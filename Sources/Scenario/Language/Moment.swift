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
  /// The operator uploads a model file under a name.
  case upload(application: String, model: String, file: String)
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
  /// The image.
  package var image: String?
  /// Replicas.
  package var replicasDefault: Int?
  /// The autoscaler's bounds.
  package var replicasMinimum: Int?
  /// The autoscaler's bounds.
  package var replicasMaximum: Int?
  /// The autoscaler's target in percent.
  package var cpuThresholdPercent: Int?
  /// minReadySeconds.
  package var waitSeconds: Int?
}

/// What fails outside the pods.
package enum Fault {
  /// The model storage is not mounted on a node.
  case storageNotMounted(node: String)
  /// Reads of the model storage take longer.
  case storageSlow(Duration)
  /// The image registry does not answer.
  case registryDown
  /// The git host does not answer.
  case gitDown
  /// The assignment store cannot be reached.
  case storeUnavailable
  /// The assignment store is locked by somebody.
  case storeLocked
  /// Nothing crosses the network between a node and the rest.
  case partition(node: String)
}
