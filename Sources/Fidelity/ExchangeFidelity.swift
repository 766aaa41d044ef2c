import FakeKubernetes
package import JSON

/// Exchanges that were recorded of a real API server, played on the store.
package enum ExchangeFidelity {
  /// Whether a recording is of a topic that holds without an HTTP layer.
  package static func isPlayed(_ json: JSONValue) throws -> Bool {
    ExchangeRecording.topics.contains(try ExchangeRecording(json: json).topic)
  }

  /// The first difference, nil if there is none.
  package static func failure(_ json: JSONValue) throws -> String? {
    try ExchangeRunner.difference(json)
  }
}
