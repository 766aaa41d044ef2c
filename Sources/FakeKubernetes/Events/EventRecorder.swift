package import KubernetesAPI
import SimulationKernel

/// Writes events of one component about objects.
package final class EventRecorder {
  /// Whether something is as it should be.
  package enum Severity: String {
    case normal = "Normal"
    case warning = "Warning"
  }

  private let server: APIServer
  private let component: String
  private let host: String
  private var correlator = EventCorrelator()
  private var lastName: Int64 = 0

  /// Whether the limit of 25 events counts for each reason of its own, as the kubelet's does.
  package var limitsByReason = false

  package init(server: APIServer, component: String, host: String = "") {
    self.server = server
    self.component = component
    self.host = host
  }

  /// Tells something about an object.
  package func record<Object: KubernetesObject>(
    _ object: Object, _ severity: Severity, _ reason: String, _ message: String
  ) {
    var reference = ObjectReference()
    reference.kind = Object.resource.kind
    reference.apiVersion = Object.resource.apiVersion
    reference.namespace = object.metadata.namespace
    reference.name = object.metadata.name
    reference.uid = object.metadata.uid
    reference.resourceVersion = object.metadata.resourceVersion
    record(reference, severity, reason, message)
  }

  /// Tells something about a referenced object.
  package func record(
    _ reference: ObjectReference, _ severity: Severity, _ reason: String, _ message: String
  ) {
    guard server.configuration.keepsEvents else { return }
    var object = reference.uid
    if object.isEmpty { object = "\(reference.kind)/\(reference.namespace)/\(reference.name)" }
    if !reference.fieldPath.isEmpty { object += "/" + reference.fieldPath }
    if limitsByReason { object += "/" + reason }
    let kind = severity.rawValue + "/" + reason
    guard
      let outcome = correlator.record(
        object: object, kind: kind, message: message, nowNanoseconds: server.wallNanoseconds)
    else { return }
    if let key = outcome.written, raise(key, outcome) { return }
    guard let written = write(reference, severity, reason, outcome) else { return }
    correlator.wrote(written, object: object, kind: kind, outcome)
  }

  private func raise(_ key: ObjectKey, _ outcome: EventCorrelator.Outcome) -> Bool {
    do {
      try server.modify(Event.self, key.namespace, key.name) { event in
        event.count = outcome.count
        event.message = outcome.message
        event.lastTimestamp = server.now
      }
      return true
    } catch {
      return false
    }
  }

  private func write(
    _ reference: ObjectReference, _ severity: Severity, _ reason: String,
    _ outcome: EventCorrelator.Outcome
  ) -> ObjectKey? {
    lastName = max(lastName + 1, server.wallNanoseconds)
    var event = Event()
    event.metadata.name = "\(reference.name).\(String(lastName, radix: 16))"
    event.metadata.namespace = reference.namespace.isEmpty ? "default" : reference.namespace
    event.involvedObject = reference
    event.type = severity.rawValue
    event.reason = reason
    event.message = outcome.message
    event.count = outcome.count
    event.firstTimestamp = server.now
    event.lastTimestamp = server.now
    event.source.component = component
    event.source.host = host
    event.reportingComponent = component
    event.reportingInstance = host
    // As upstream: an event that cannot be written is lost.
    return (try? server.create(event))?.key
  }
}
