import KubernetesAPI

/// What admission does about priorities.
///
/// Source: `plugin/pkg/admission/priority/admission.go`.
enum PriorityRules {
  /// Gives a pod the priority of its class, or of the default one.
  ///
  /// Throws 403 if there is no such class or if the pod says something else itself.
  static func apply(to content: inout PodSpecContent, _ pod: Pod, _ server: APIServer)
    throws(StatusError)
  {
    let name = content.priorityClassName
    var found = name.isEmpty ? defaultClass(server) : server.find(PriorityClass.self, "", name)
    if found == nil, !name.isEmpty {
      // The system's own are known before they are stored.
      found = PriorityClass.system.first { $0.metadata.name == name }
    }
    if found == nil, !name.isEmpty {
      throw .forbidden(
        Pod.resource, pod.metadata.name, "no PriorityClass with name \(name) was found")
    }
    let computed = found?.value ?? 0
    if let priority = content.priority, priority != computed {
      throw .forbidden(
        Pod.resource, pod.metadata.name,
        "the integer value of priority (\(priority)) must not be provided in pod spec; priority "
          + "admission controller computed \(computed) from the given PriorityClass name")
    }
    let policy = found?.preemptionPolicy ?? PriorityClass.preempts
    if let given = content.preemptionPolicy, given != policy {
      throw .forbidden(
        Pod.resource, pod.metadata.name,
        "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; "
          + "priority admission controller computed \(policy) from the given "
          + "PriorityClass name")
    }
    content.priorityClassName = found?.metadata.name ?? ""
    content.priority = computed
    content.preemptionPolicy = policy
  }

  /// Throws 403 if another class is the default one already.
  static func check(_ priority: PriorityClass, _ server: APIServer) throws(StatusError) {
    guard priority.globalDefault, let other = defaultClass(server),
      other.metadata.name != priority.metadata.name
    else { return }
    throw .forbidden(
      PriorityClass.resource, priority.metadata.name,
      "PriorityClass \(other.metadata.name) is already marked as default. Only one default can "
        + "exist")
  }

  /// The class of pods that name none; of several the one of the least priority.
  private static func defaultClass(_ server: APIServer) -> PriorityClass? {
    server.list(PriorityClass.self).filter(\.globalDefault).min { $0.value < $1.value }
  }
}
