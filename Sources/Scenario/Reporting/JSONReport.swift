package import JSON
import SimulationKernel

/// Writes results for machines.
package enum JSONReport {
  /// One run as a JSON object; without wall time, so that equal runs have equal reports.
  ///
  /// With `recording` if the run has one; docs/REPORTS.md says what is what.
  package static func value(_ result: RunResult) -> JSONValue {
    var object: JSONObject = [
      "scenario": .string(result.name),
      "file": .string(result.path),
      "seed": .integer(Int64(bitPattern: result.seed)),
      "verdict": .string(result.holds ? "passed" : "failed"),
      "digest": .string(result.digest),
      "traceEvents": JSONValue(result.traceEvents),
      "kernelEvents": JSONValue(result.kernelEvents),
      "requests": JSONValue(result.requests.ended),
      "answered": JSONValue(result.requests.answered),
      "calls": JSONValue(result.calls),
      "virtualSeconds": .number(result.virtualTime.seconds),
      "checks": .array(result.checks.map { check($0, result) }),
      "missed": .array(result.missed.map { .string($0.name) }),
    ]
    if !result.parameters.isEmpty {
      object["parameters"] = .object(
        JSONObject(result.parameters.map { ($0.name, .string($0.value)) }))
    }
    object["recording"] = result.recording?.json
    return .object(object)
  }

  private static func check(_ report: CheckReport, _ result: RunResult) -> JSONValue {
    var object: JSONObject = [
      "check": .string(report.check.text),
      "expected": .string(report.check.condition.text),
      "file": .string(report.check.location.file ?? result.path),
      "line": JSONValue(report.check.location.line),
    ]
    switch report.outcome {
    case .passed(let seen):
      object["holds"] = true
      object["seen"] = .string(seen)
    case .failed(let time, let seen):
      object["holds"] = false
      object["seen"] = .string(seen)
      object["virtualSeconds"] = .number(time.seconds)
      object["again"] = .string(RerunLine.text(result))
    }
    return .object(object)
  }
}
