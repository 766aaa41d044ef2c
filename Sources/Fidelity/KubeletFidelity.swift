import FakeKubernetes

/// Stories that were recorded of a real kubelet, told again by the fake one.
package enum KubeletFidelity {
  /// Runs the text of a story's file; returns what differs, nothing if every facet passed.
  package static func failures(_ text: String, seed: UInt64 = 1) throws -> [String] {
    let report = try KubeletStory.run(text, seed: seed)
    if report.hasPassed { return [] }
    return report.refusals + report.failures
  }
}
