import JSON
package import SimulationKernel

/// Writes a trace event as one line of JSON, for `--trace` and for comparing two runs.
package enum TraceLine {
  /// The line, without its end.
  package static func text(_ event: TraceEvent) -> String {
    var text = "{\"n\":\(event.sequence),\"ns\":\(event.time.nanoseconds),"
    text += "\"kind\":\(quoted(event.kind)),\"subject\":\(quoted(event.subject))"
    for (name, value) in event.fields {
      text += ",\(quoted(name)):"
      switch value {
      case .string(let string): text += quoted(string)
      case .integer(let number): text += String(number)
      case .number(let number): text += String(number)
      case .bool(let flag): text += flag ? "true" : "false"
      }
    }
    return text + "}"
  }

  private static func quoted(_ text: String) -> String { JSONValue.string(text).text() }
}
