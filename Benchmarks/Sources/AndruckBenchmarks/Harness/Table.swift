import JSON

/// Findings and targets as people, machines and docs/PERFORMANCE.md read them.
enum Table {
  static func findings(_ findings: [Finding], isMarkdown: Bool) -> String {
    let rows = findings.map { finding in
      [
        finding.name, finding.unit, time(finding.nanoseconds), decimal(finding.ratio, 3),
        "\(decimal(finding.ratioRange.lowerBound, 3)) to \(decimal(finding.ratioRange.upperBound, 3))",
        decimal(finding.allocations, 1),
      ]
    }
    return table(
      ["what", "a unit", "CPU", "to the reference", "of the rounds", "allocations"], rows,
      isMarkdown: isMarkdown)
  }

  static func targets(_ targets: [Target], isMarkdown: Bool) -> String {
    table(
      ["figure", "target", "here", ""],
      targets.map { [$0.figure, $0.aim, $0.text, $0.isHeld ? "held" : "missed"] },
      isMarkdown: isMarkdown)
  }

  static func json(_ findings: [Finding], _ targets: [Target]) -> JSONValue {
    [
      "findings": .array(
        findings.map { finding in
          [
            "name": .string(finding.name), "unit": .string(finding.unit),
            "nanoseconds": .number(finding.nanoseconds), "ratio": .number(finding.ratio),
            "ratioMin": .number(finding.ratioRange.lowerBound),
            "ratioMax": .number(finding.ratioRange.upperBound),
            "allocations": .number(finding.allocations),
          ]
        }),
      "targets": .array(
        targets.map { target in
          [
            "figure": .string(target.figure), "target": .string(target.aim),
            "value": .number(target.value), "held": .bool(target.isHeld),
          ]
        }),
    ]
  }

  private static func time(_ nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<10_000: decimal(nanoseconds, nanoseconds < 100 ? 1 : 0) + " ns"
    case ..<10_000_000: decimal(nanoseconds / 1e3, 1) + " µs"
    default: decimal(nanoseconds / 1e6, 1) + " ms"
    }
  }

  private static func table(
    _ head: [String], _ rows: [[String]], isMarkdown: Bool
  ) -> String {
    if isMarkdown {
      let rule = "|" + String(repeating: "---|", count: head.count)
      let lines = ([head] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
    }
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([head] + rows).map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ").trimmed
    }.joined(separator: "\n")
  }
}

extension String {
  /// Without spaces at its end.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
