import FakeKubernetes
package import JSON

/// Exchanges that were recorded of a real API server, played on the store.
package enum ExchangeFidelity {
  /// Whether a recording is of a topic that holds without an HTTP layer.
  package static func isPlayed(_ json: JSONValue) throws -> Bool {
    ExchangeRecording.topics.contains(try ExchangeRecording(json: json).topic)
  }

  /// Plays a recording; returns the first difference, nothing if there is none.
  package static func differences(_ json: JSONValue, seed: UInt64 = 1) throws
    -> [FidelityDifference]
  {
    let runner = ExchangeRunner(try ExchangeRecording(json: json), seed: seed)
    return runner.run().map { [FidelityDifference(facet: "*", text: $0)] } ?? []
  }
}
