import SimulationKernel

/// Writes runs as JUnit's XML, which continuous integration shows: a suite for each run, a case for
/// each check and for each entry of the timeline that never happened.
///
/// Times are virtual seconds: of a suite the length of the run, of a case the moment at which it
/// failed, or the end.
package struct JUnitReport {
  private var suites = ""
  private var tests = 0
  private var failures = 0
  private var seconds = 0.0

  /// Makes a report without runs.
  package init() {}

  /// Adds a run.
  package mutating func add(_ result: RunResult) {
    let report = TextReport(usesColour: false)
    // The name of a matrix's run has its parameters in it.
    let name = "\(result.name), seed \(result.seed)"
    var cases = ""
    var failed = 0
    for check in result.checks {
      var failure: (message: String, text: [String])?
      var time = result.virtualTime
      if case .failed(let at, let seen) = check.outcome {
        failure = ("seen: \(seen), at \(at)", report.failure(check, result))
        time = at
        failed += 1
      }
      cases += Self.testCase(
        check.check.text, of: name, at: time, check.check.location, result, failure)
    }
    for missed in result.missed {
      failed += 1
      cases += Self.testCase(
        "timeline: \(missed.name)", of: name, at: result.virtualTime, missed.location, result,
        ("never happened: \(missed.condition)", report.failure(missed, result)))
    }
    let count = result.checks.count + result.missed.count
    suites +=
      "  <testsuite name=\"\(XMLText.escaped(name))\" tests=\"\(count)\" failures=\"\(failed)\""
      + " errors=\"0\" skipped=\"0\" time=\"\(Self.time(result.virtualTime))\">\n"
      + Self.properties(result) + cases + "  </testsuite>\n"
    tests += count
    failures += failed
    seconds += result.virtualTime.seconds
  }

  /// The document.
  package var text: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites name=\"andruck\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\""
      + " time=\"\(seconds)\">\n\(suites)</testsuites>\n"
  }

  private static func properties(_ result: RunResult) -> String {
    let values =
      [("file", result.path), ("seed", String(result.seed)), ("digest", result.digest)]
      + result.parameters.map { ("parameter \($0.name)", $0.value) }
      + [("again", RerunLine.text(result))]
    let lines = values.map {
      "      <property name=\"\(XMLText.escaped($0.0))\" value=\"\(XMLText.escaped($0.1))\"/>\n"
    }
    return "    <properties>\n\(lines.joined())    </properties>\n"
  }

  private static func testCase(
    _ name: String, of suite: String, at time: SimulationTime, _ location: SourceLocation,
    _ result: RunResult, _ failure: (message: String, text: [String])?
  ) -> String {
    let head =
      "    <testcase name=\"\(XMLText.escaped(name))\" classname=\"\(XMLText.escaped(suite))\""
      + " file=\"\(XMLText.escaped(location.file ?? result.path))\" line=\"\(location.line)\""
      + " time=\"\(Self.time(time))\""
    guard let failure else { return head + "/>\n" }
    let text = failure.text.drop { $0.isEmpty }.joined(separator: "\n")
    return head
      + ">\n      <failure type=\"check\" message=\"\(XMLText.escaped(failure.message))\">"
      + XMLText.escaped(text, keepsLines: true) + "</failure>\n    </testcase>\n"
  }

  private static func time(_ time: SimulationTime) -> String { String(time.seconds) }
}
