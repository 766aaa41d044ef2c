package import JSON

/// A recording of a real kubelet: a pod, what was done to it, and what was seen.
///
/// The format is described beside the recordings (`golden/kubelet/README.md`).
package struct KubeletStory {
  /// The rows of one facet.
  package struct Facet {
    package var name: String
    package var rows: [[JSONValue]]
  }

  package var name: String
  package var group: String
  package var pod: JSONValue
  /// How each container behaves, by its name.
  package var scripts: [String: ContainerScript]
  /// What the registry has, by the image's name without registry and tag.
  package var images: [(name: String, settings: JSONValue)]
  package var timeline: [Story.Step]
  package var until: Duration
  /// The facets in the recording's order.
  package var want: [Facet]
  /// How far the runs' times of a facet's rows lie apart, seconds.
  package var spread: [String: [JSONValue]]
  /// Facets on which the runs differ: other rows may lie between those that all share.
  package var partial: Set<String>
  /// Facets without any row in common.
  package var varied: Set<String>

  /// Reads a story; throws `ScriptError` where it does not fit.
  package init(json: JSONValue) throws {
    guard let name = json["name"]?.stringValue, let pod = json["pod"], json["want"] != nil else {
      throw ScriptError("not a story of a kubelet: name, pod or want is missing")
    }
    self.name = name
    self.pod = pod
    group = json["group"]?.stringValue ?? ""
    scripts = [:]
    for (container, script) in json["containers"]?.objectValue ?? [:] {
      scripts[container] = ContainerScript(json: script)
    }
    images = (json["images"]?.objectValue ?? [:]).map { ($0, $1) }
    timeline = try (json["timeline"]?.arrayValue ?? []).map { step in
      guard let at = step["at"]?.doubleValue, let action = step["do"]?.stringValue else {
        throw ScriptError("a step of story \(name) has no time or action")
      }
      return Story.Step(at: Story.duration(at), action: action, fields: step)
    }
    until = Story.duration(json["until"]?.doubleValue ?? 0)
    want = (json["want"]?.objectValue ?? [:]).map { facet, rows in
      Facet(name: facet, rows: (rows.arrayValue ?? []).map { $0.arrayValue ?? [] })
    }
    spread = [:]
    for (facet, rows) in json["spread"]?.objectValue ?? [:] {
      spread[facet] = rows.arrayValue ?? []
    }
    partial = Set((json["partial"]?.arrayValue ?? []).compactMap(\.stringValue))
    varied = Set((json["varied"]?.arrayValue ?? []).compactMap(\.stringValue))
  }

  /// Whether the kubelet tries again at random times in this story.
  var hasRetries: Bool {
    ["crash", "image", "config", "volumes", "init"].contains(group)
  }

  /// What came of a story.
  package struct Report {
    package var name: String
    /// One verdict a judged facet, in the recording's order.
    package var verdicts: [StoryJudge.Verdict]
    /// Steps that the API server refused.
    package var refusals: [String]
    /// The rows that were seen, by facet.
    package var seen: [String: [[JSONValue]]]

    package var hasPassed: Bool { verdicts.allSatisfy(\.hasPassed) && refusals.isEmpty }

    /// What failed, one line each.
    package var failures: [String] {
      verdicts.compactMap { verdict in
        verdict.failure.map { "story \(name), facet \(verdict.facet): \($0)" }
      } + refusals.map { "story \(name): refused \($0)" }
    }
  }

  /// Runs a story in virtual time and judges it.
  ///
  /// `phase` is how far into a second of the wall clock it starts.
  package static func run(
    _ json: JSONValue, seed: UInt64 = 1, phase: Duration = KubeletStoryRunner.phases[0]
  ) throws -> Report {
    let runner = KubeletStoryRunner(try KubeletStory(json: json), seed: seed, phase: phase)
    // The runner hands out weak references to itself; it must outlive its run.
    return try withExtendedLifetime(runner) { try runner.run() }
  }
}
