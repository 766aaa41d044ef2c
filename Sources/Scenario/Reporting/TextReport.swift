import SimulationKernel

/// Writes stories and results for people.
package struct TextReport {
  /// Whether escape sequences for colours may be used.
  package var usesColour: Bool

  /// Makes a writer.
  package init(usesColour: Bool) { self.usesColour = usesColour }

  /// The scenario's title and moral.
  package func heading(_ scenario: ScenarioFile, seed: UInt64) -> String {
    "\(bold(scenario.name))  (seed \(seed))\n  \(scenario.moral)\n"
  }

  /// One sentence of the story.
  package func line(_ line: StoryLine) -> String {
    "  \(line.time)  \(pad(line.who, 10))  \(line.text)"
  }

  /// Checks, digest and verdict; nil: nobody timed it.
  package func result(_ result: RunResult, wallSeconds: Double?) -> String {
    var lines = ["", "  checks"]
    for report in result.checks { lines.append(summary(report)) }
    for missed in result.missed {
      lines.append("    \(red("FAILED"))  timeline: \"\(missed.name)\" never happened")
    }
    for report in result.checks { lines += failure(report, result) }
    for missed in result.missed { lines += failure(missed, result) }
    lines += [
      "",
      "  digest   \(result.digest)",
      "  events   \(result.traceEvents) traced, \(result.kernelEvents) simulated,"
        + " \(result.requests.answered) of \(result.requests.ended) requests answered",
      "  time     \(result.virtualTime) of virtual time"
        + (wallSeconds.map { " in \(seconds($0)) s" } ?? ""),
      "  verdict  \(result.holds ? green("passed") : red("FAILED"))",
      "",
    ]
    return lines.joined(separator: "\n")
  }

  private func summary(_ report: CheckReport) -> String {
    switch report.outcome {
    case .passed(let seen): "    \(green("ok"))      \(report.check.text)  (\(seen))"
    case .failed(let time, let seen):
      "    \(red("FAILED"))  \(report.check.text)  (\(seen), at \(time))"
    }
  }

  /// What a failed check expected and saw, when, and how to see it again; empty if it held.
  func failure(_ report: CheckReport, _ result: RunResult) -> [String] {
    guard case .failed(let time, let seen) = report.outcome else { return [] }
    return [
      "", "  \(red("FAILED"))  \(report.check.text)",
      "    check     \(report.check.location.file ?? result.path):\(report.check.location.line)",
      "    expected  \(report.check.condition.text)",
      "    seen      \(seen)", "    at        \(time), seed \(result.seed)", "    around it",
    ] + report.around.map { "    \(line($0))" } + [again(result)]
  }

  /// What was to happen and never did, and how to see it again.
  func failure(_ missed: MissedEntry, _ result: RunResult) -> [String] {
    [
      "", "  \(red("FAILED"))  timeline: \"\(missed.name)\" never happened",
      "    entry     \(missed.location.file ?? result.path):\(missed.location.line)",
      "    expected  \(missed.condition)",
      "    seen      it never held until \(result.virtualTime), seed \(result.seed)",
      again(result),
    ]
  }

  private func again(_ result: RunResult) -> String {
    "    again     \(RerunLine.text(result))"
  }

  private func seconds(_ value: Double) -> String {
    let milliseconds = Int((value * 1000).rounded())
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func bold(_ text: String) -> String { paint(text, "1") }
  private func red(_ text: String) -> String { paint(text, "1;31") }
  private func green(_ text: String) -> String { paint(text, "32") }

  private func paint(_ text: String, _ code: String) -> String {
    usesColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
