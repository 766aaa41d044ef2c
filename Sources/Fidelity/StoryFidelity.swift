import FakeKubernetes
package import JSON

/// Stories that were recorded of a real control plane, told again by the fake one.
package enum StoryFidelity {
  /// A facet that differs, and where.
  package struct Failure {
    package var facet: String
    /// The first row that differs: expected, seen, and what came before.
    package var text: String

    package init(facet: String, text: String) {
      self.facet = facet
      self.text = text
    }
  }

  /// Runs a story; returns what differs, nothing if every facet passed.
  package static func failures(_ json: JSONValue, seed: UInt64 = 1) throws -> [Failure] {
    let runner = StoryRunner(try Story(json: json), seed: seed)
    let verdicts = try runner.run()
    let refused = runner.refusals.map { Failure(facet: "timeline", text: $0) }
    return refused
      + verdicts.compactMap { verdict in
        verdict.failure.map { Failure(facet: verdict.facet, text: $0) }
      }
  }
}
