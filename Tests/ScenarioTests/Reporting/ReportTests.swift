import JSON
import Scenario
import SimulationKernel
import TestSupport
import Testing

/// Runs of a story that goes wrong, with names that would break out of every format.
enum Hostile {
  static let path = "Tests/browser/hostile.yaml"

  // Values that nobody changes, run once for all tests.
  nonisolated(unsafe) static let once = Result { try run() }

  static func run() throws -> [RunResult] {
    let runs = try ScenarioReader.readAll(
      try Fixture.text(path), path: "\(Fixture.root)/\(path)",
      fileExists: { Fixture.exists($0) }, readFile: { Fixture.absolute($0) })
    return try runs.map { try Library.record($0).result }
  }
}

@Suite struct `Reports of a story with hostile names` {
  let results: [RunResult]

  init() throws { results = try Hostile.once.get() }

  @Test func `are well-formed as JUnit`() throws {
    var report = JUnitReport()
    for result in results { report.add(result) }
    let document = try StrictXML.parse(report.text)
    #expect(document.name == "testsuites")
    #expect(document.children.count == results.count)
    for (suite, result) in zip(document.children, results) {
      #expect(suite["name"] == "\(result.name), seed 1")
      #expect(suite["time"] == "480.0")
      let cases = suite.children.filter { $0.name == "testcase" }
      #expect(suite["tests"] == String(cases.count))
      #expect(cases.count == result.checks.count + result.missed.count)
      let failed = cases.filter { !$0.children.isEmpty }
      #expect(suite["failures"] == String(failed.count))
      #expect(failed.count == result.checks.count { !$0.isPassed } + 1)
      for check in failed {
        let text = check.children[0].text
        #expect(text.contains("FAILED  \(check["name"] ?? "")") || text.contains("never happened"))
        #expect(text.contains("again     \(RerunLine.text(result))"))
        #expect(!text.contains("\u{1b}"))
      }
      #expect(suite.children[0].children.contains { $0["value"] == result.digest })
    }
    #expect(
      document["failures"]
        == String(results.reduce(0) { $0 + $1.checks.count { !$0.isPassed } + 1 }))
  }

  @Test func `are well-formed as OpenMetrics`() throws {
    var report = OpenMetricsReport()
    for result in results { report.add(result) }
    let text = report.text
    #expect(text.hasPrefix("# TYPE "))
    let metrics = try StrictOpenMetrics.parse(text)
    #expect(metrics.families.allSatisfy { $0.help != nil && !$0.samples.isEmpty })
    #expect(metrics["andruck_request_latency_seconds"]?.unit == "seconds")
    for (index, result) in results.enumerated() {
      let recording = try #require(result.recording)
      func last(_ family: String, _ label: String = "run", _ value: String? = nil) -> Double? {
        metrics[family]?.samples.last {
          $0["run"] == String(index + 1) && (value == nil || $0[label] == value)
        }?.value
      }
      let service = recording.services[0]
      #expect(last("andruck_requests_sent") == Double(service.requests.total.sent))
      #expect(last("andruck_requests", "status", "OK") == Double(result.requests.answered))
      for (place, status) in service.requests.statuses.enumerated() {
        #expect(
          last("andruck_requests", "status", status)
            == Double(service.requests.total.failures[place]))
      }
      #expect(
        last("kube_deployment_status_replicas_ready") == service.ready.last.map { Double($0) })
      #expect(last("andruck_pods", "state", "ready") == 3)
      let info = try #require(
        metrics["andruck_run"]?.samples.first { $0["run"] == String(index + 1) })
      #expect(info["digest"] == result.digest && info["scenario"] == result.name)
      #expect(info.timestamp == Double(recording.epochSeconds) + 480)
      #expect(info["parameter_predictCPU"] == result.parameters[0].value)
      #expect(last("andruck_fault_active", "entry", "partition & <i>") == 0)
    }
  }

  @Test func `are a page that nothing breaks out of`() throws {
    var page = ReportPage()
    for result in results { page.add(result) }
    let text = String(decoding: page.bytes(), as: UTF8.self)
    func parts(_ separator: String) -> [String] {
      var parts: [String] = []
      var rest = text[...]
      while let range = rest.firstRange(of: separator) {
        parts.append(String(rest[..<range.lowerBound]))
        rest = rest[range.upperBound...]
      }
      return parts + [String(rest)]
    }
    // Two scripts, one style sheet, nothing that is fetched.
    #expect(parts("</script>").count == 3 && parts("<script").count == 3)
    #expect(parts("</style").count == 2 && parts("<style").count == 2)
    #expect(parts("<img").count == 1 && parts("<link").count == 2 && parts("{{").count == 1)
    #expect(text.contains("default-src 'none'"))
    #expect(text.contains("<title>2 runs</title>"))
    let data = try #require(parts("id=\"runs\">").last.map { $0.split(separator: "</script>")[0] })
    let runs = try JSONValue(parsing: String(data))
    for (index, result) in results.enumerated() {
      #expect(runs[index]?["run"] == JSONReport.value(result))
      #expect(runs[index]?["run"]?["scenario"]?.stringValue == result.name)
      #expect(runs[index]?["again"]?.stringValue == RerunLine.text(result))
    }
  }

  @Test func `are a page with the runs that it has no room for in its table only`() throws {
    let size = JSONReport.value(results[0]).bytes().count
    var page = ReportPage(recordingBytesMax: size + size / 2)
    for result in results { page.add(result) }
    let text = String(decoding: page.bytes(), as: UTF8.self)
    #expect(text.contains(results[0].digest) && text.contains(results[1].digest))
    #expect(text.split(separator: "\"recording\":").count == 2)
  }

  @Test func `are the same bytes for equal runs`() throws {
    let again = try Hostile.run()
    for (one, other) in zip(results, again) {
      #expect(JSONReport.value(one).text() == JSONReport.value(other).text())
    }
    func bytes(_ results: [RunResult]) -> [UInt8] {
      var page = ReportPage()
      var metrics = OpenMetricsReport()
      for result in results {
        page.add(result)
        metrics.add(result)
      }
      return page.bytes() + Array(metrics.text.utf8)
    }
    #expect(bytes(results) == bytes(again))
  }

  @Test func `end with a line that runs that run alone`() throws {
    #expect(
      results.map { RerunLine.text($0) } == [
        "andruck run \(Fixture.root)/\(Hostile.path) --only predictCPU=2ms --seed 1",
        "andruck run \(Fixture.root)/\(Hostile.path) --only predictCPU=400ms --seed 1",
      ])
    var strange = results[0]
    strange.path = "it's here.yaml"
    strange.parameters = [("rate", "10/s; rm")]
    #expect(
      RerunLine.text(strange)
        == #"andruck run 'it'\''s here.yaml' --only 'rate=10/s; rm' --seed 1"#)
  }
}

extension CheckReport {
  fileprivate var isPassed: Bool { if case .passed = outcome { true } else { false } }
}
