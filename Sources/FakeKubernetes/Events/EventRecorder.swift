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
  @exclusivity(unchecked) private var writer: EventWriter
  @exclusivity(unchecked) private var correlator = EventCorrelator()
  /// Type and reason in one text, for each that was written.
  @exclusivity(unchecked) private var kinds: [(severity: Severity, reason: String, text: String)] =
    []

  /// Whether the limit of 25 events counts for each reason of its own, as the kubelet's does.
  package var limitsByReason = false

  package init(server: APIServer, component: String, host: String = "") {
    self.server = server
    writer = EventWriter(server: server, component: component, host: host)
  }

  /// Tells something about an object.
  package func record<Object: KubernetesObject>(
    _ object: Object, _ severity: Severity, _ reason: String, _ message: String
  ) {
    record(EventWriter.reference(to: object), severity, reason, message)
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
    let kind = kind(severity, reason)
    guard
      let outcome = correlator.record(
        object: object, kind: kind, message: message, nowNanoseconds: server.wallNanoseconds)
    else { return }
    if let key = outcome.written, raise(key, outcome) { return }
    let content = writer.content(
      about: reference, severity, reason, outcome.message, count: outcome.count)
    guard let written = writer.create(writer.nextKey(about: reference), content) else { return }
    correlator.wrote(written, object: object, kind: kind, outcome)
  }

  private func kind(_ severity: Severity, _ reason: String) -> String {
    for known in kinds where known.severity == severity && known.reason == reason {
      return known.text
    }
    let text = severity.rawValue + "/" + reason
    kinds.append((severity, reason, text))
    return text
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
}
