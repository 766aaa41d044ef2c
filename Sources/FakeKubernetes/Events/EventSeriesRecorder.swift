import JSON
package import KubernetesAPI
import SimulationKernel

/// Writes events of one component in the way of the API events.k8s.io, where equal ones are a series.
///
/// Source: `client-go/tools/events/event_broadcaster.go`. Equal are events of one type, reason and
/// action about one state of one object: its resourceVersion counts, the message does not. The first
/// repetition makes a series of two; later ones are counted and written in rounds, every 30 minutes
/// and when there was none for 6 minutes, after which the next one is a new event.
package final class EventSeriesRecorder {
  private struct Key: Hashable {
    let uid: String
    let resourceVersion: String
    let severity: EventRecorder.Severity
    let reason: String
    let related: String
  }

  /// An event that may come again.
  private struct Known {
    let event: ObjectKey
    let content: EventContent
    /// How often it came; a series from two on.
    var count = 1
    var lastNanoseconds: Int64
  }

  private static let finishNanoseconds: Int64 = 360_000_000_000
  /// From one look for ended series to the next that writes all of them.
  private static let roundsPerRefresh: Int64 = 5

  private let server: APIServer
  @exclusivity(unchecked) private var writer: EventWriter
  @exclusivity(unchecked) private var known: [Key: Known] = [:]
  /// The keys of what is known, in the order in which it came.
  @exclusivity(unchecked) private var keys: [Key] = []
  private let startNanoseconds: Int64
  @exclusivity(unchecked) private var isRoundScheduled = false

  package init(server: APIServer, component: String) {
    self.server = server
    writer = EventWriter(server: server, component: component, host: "")
    startNanoseconds = server.simulation.now.nanoseconds
  }

  /// Tells something about an object, and which other one it has to do with.
  package func record<Object: KubernetesObject>(
    _ object: Object, _ severity: EventRecorder.Severity, _ reason: String, action: String,
    _ message: String, related: ObjectReference? = nil
  ) {
    guard server.configuration.keepsEvents else { return }
    let key = Key(
      uid: object.metadata.uid, resourceVersion: object.metadata.resourceVersion,
      severity: severity, reason: reason,
      related: related.map { "\($0.uid)/\($0.resourceVersion)" } ?? "")
    let now = server.wallNanoseconds
    guard let before = known[key] else {
      let (event, content) = write(object, severity, reason, action, message, related)
      known[key] = Known(event: event, content: content, lastNanoseconds: now)
      keys.append(key)
      return scheduleRound()
    }
    known[key]?.count += 1
    known[key]?.lastNanoseconds = now
    if before.count == 1 { known[key].map(writeSeries) }
  }

  /// Tells something that comes once in an object's life, so that nothing need be remembered.
  package func recordOnce<Object: KubernetesObject>(
    _ object: Object, _ severity: EventRecorder.Severity, _ reason: String, action: String,
    _ message: String
  ) {
    guard server.configuration.keepsEvents else { return }
    _ = write(object, severity, reason, action, message, nil)
  }

  private func write<Object: KubernetesObject>(
    _ object: Object, _ severity: EventRecorder.Severity, _ reason: String, _ action: String,
    _ message: String, _ related: ObjectReference?
  ) -> (ObjectKey, EventContent) {
    let reference = EventWriter.reference(to: object)
    var content = writer.content(about: reference, severity, reason, message)
    content.action = action
    content.related = related
    let key = writer.nextKey(about: reference)
    _ = writer.create(key, content)
    return (key, content)
  }

  /// Writes how often an event came; makes it anew if it is gone.
  private func writeSeries(_ known: Known) {
    let (seconds, rest) = known.lastNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let last = Timestamp(seconds: seconds).microText(microseconds: rest / 1000)
    var content = known.content
    content.series = [
      "count": .integer(Int64(known.count)), "lastObservedTime": .string(last),
    ]
    do {
      try server.modify(Event.self, known.event.namespace, known.event.name) {
        $0.series = content.series
      }
    } catch {
      if error.isNotFound { _ = writer.create(known.event, content) }
    }
  }

  private func scheduleRound() {
    if isRoundScheduled { return }
    isRoundScheduled = true
    let now = server.simulation.now.nanoseconds
    let round = (now - startNanoseconds) / Self.finishNanoseconds + 1
    let time = SimulationTime(nanoseconds: startNanoseconds + round * Self.finishNanoseconds)
    server.simulation.schedule(at: time) { [weak self] in
      guard let self else { return }
      isRoundScheduled = false
      finish(isRefresh: round % Self.roundsPerRefresh == 0)
      if !keys.isEmpty { scheduleRound() }
    }
  }

  /// Forgets what did not come again for a while.
  private func finish(isRefresh: Bool) {
    let oldest = server.wallNanoseconds - Self.finishNanoseconds
    keys.removeAll { key in
      guard let event = known[key] else { return true }
      let isOver = event.lastNanoseconds < oldest
      if event.count > 1, isOver || isRefresh { writeSeries(event) }
      if isOver { known[key] = nil }
      return isOver
    }
  }
}
