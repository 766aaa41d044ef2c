package import JSON

/// A recording of a real control plane: what was done, and what was seen.
///
/// The format is described beside the recordings (`golden/README.md`).
package struct Story {
  /// Something done at a time.
  package struct Step {
    package var at: Duration
    /// What is done: `create`, `patch`, `delete-pod` and so on.
    package var action: String
    package var fields: JSONValue
  }

  package var name: String
  package var group: String
  package var settings: [String: String]
  package var nodes: [JSONValue]
  package var scripts: [String: PodScript]
  package var timeline: [Step]
  package var until: Duration
  /// The rows of each facet, in order of facets.
  package var want: [(facet: String, rows: [[JSONValue]])]
  package var spread: [String: Double]

  /// Reads a story; throws `ScriptError` where it does not fit.
  package init(json: JSONValue) throws {
    name = json["name"]?.stringValue ?? ""
    group = json["group"]?.stringValue ?? ""
    settings = [:]
    for (key, value) in json["settings"]?.objectValue ?? [:] {
      settings[key] = value.stringValue ?? ""
    }
    nodes = json["nodes"]?.arrayValue ?? []
    scripts = [:]
    for (image, script) in json["pods"]?.objectValue ?? [:] {
      scripts[image] = try PodScript(json: script)
    }
    timeline = try (json["timeline"]?.arrayValue ?? []).map { step in
      guard let at = step["at"]?.doubleValue, let action = step["do"]?.stringValue else {
        throw ScriptError("a step of story \(json["name"] ?? .null) has no time or action")
      }
      return Step(at: Self.duration(at), action: action, fields: step)
    }
    until = Self.duration(json["until"]?.doubleValue ?? 0)
    want = []
    for (facet, rows) in json["want"]?.objectValue ?? [:] {
      want.append((facet, (rows.arrayValue ?? []).map { $0.arrayValue ?? [] }))
    }
    spread = [:]
    for (facet, value) in json["spread"]?.objectValue ?? [:] { spread[facet] = value.doubleValue }
  }

  static func duration(_ seconds: Double) -> Duration {
    .nanoseconds(Int64(seconds * 1_000_000 + 0.5) * 1000)
  }
}
