/// Writes `docs/SCENARIOS.md` from the tables of keys.
package enum ReferenceWriter {
  /// The reference, in Markdown, without the end of its last line.
  package static var markdown: String {
    var parts = [introduction]
    for shape in Shape.all { parts.append(section(shape)) }
    parts.append(observations)
    return parts.joined(separator: "\n")
  }

  private static let introduction = """
    # Scenario files

    *Made by `andruck schema --markdown` from the tables in `Sources/Scenario/Language/Keys`; a test
    holds the two together. `andruck schema` prints the JSON Schema for editors.*

    A scenario is a YAML file: a cluster, applications with their services, traffic, what happens, and
    what must hold. Paths are relative to the folder of the file that names them. Unknown keys are
    errors.

    **Units.** Durations `250ms`, `90s`, `1m30s`, `2h`; rates `20/s`, `600/min`; CPU `500m`, `2`;
    memory `256Mi`, `1.5Gi`; shares `80%`. A service is named `application/level`.

    **Moments** are a duration since the start (`3m`), the name of an entry of the timeline or of a
    phase (`bad switch`), or that plus a duration (`bad switch + 90s`). Of an entry with `every` the
    first time counts.

    **Windows** of checks and columns are `from` one moment `until` another, or `during` a phase, or
    `between` the starts of two phases. Without any, they are the whole story.

    **Parameters.** `$(name)` anywhere in a value stands for the value of a parameter: of `parameters`,
    of a `for`, of a file to include, or of a template. A value that is nothing but `$(name)` may
    become a number, a list or a mapping.

    ```yaml
    for: { waitSeconds: [5, 60, 300] }     # three runs, and a table of them
    include:
      - { file: shared/digits.yaml, with: { waitSeconds: $(waitSeconds) } }
    templates:
      steady:
        parameters: { service: , least: 3 }
        body:
          expect:
            - always: $(service) available >= $(least)
              from: 2m
    use:
      - { template: steady, with: { service: digits/production } }
    ```
    """

  private static func section(_ shape: Shape) -> String {

    var lines = ["", "## \(shape.id)", "", shape.doc, ""]
    lines += table(shape.keys)
    for group in shape.alternatives {
      let names = group.map { "`\($0)`" }.joined(separator: ", ")
      lines += ["", "Exactly one of \(names) must be there."]
    }
    let plain = shape.variants.filter(\.kinds.isEmpty)
    if !plain.isEmpty {
      lines += ["", "Exactly one of these, each with its own keys below it:", ""]
      lines += table(plain.flatMap { [$0.key] + $0.companions.map(under) }, isVariant: true)
    }
    for variant in shape.variants where !variant.kinds.isEmpty {
      lines += ["", "Or a `\(variant.key.name)`, with these keys:", ""]
      lines += table(variant.companions)
      lines += ["", "| \(variant.key.name) | keys | meaning |", "|---|---|---|"]
      for kind in variant.kinds {
        let keys = kind.companions.map { "`\($0.name): \($0.example)`" }.joined(separator: ", ")
        lines.append("| `\(kind.word)` | \(keys) | \(kind.doc) |")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func under(_ key: Key) -> Key {
    var key = key
    key.name = "… " + key.name
    return key
  }

  private static func table(_ keys: [Key], isVariant: Bool = false) -> [String] {
    ["| key | value | default | meaning | example |", "|---|---|---|---|---|"]
      + keys.map { key in
        let name = key.name.hasPrefix("… ") ? "… `\(key.name.dropFirst(2))`" : "`\(key.name)`"
        let presence =
          switch key.presence {
          case .required: isVariant && !key.name.hasPrefix("… ") ? "" : "required"
          case .optional: ""
          case .fallback(let text): "`\(text)`"
          }
        return "| \(name) | \(key.type.words) | \(presence) | \(key.doc) | `\(key.example)` |"
      }
  }

  private static var observations: String {
    var lines = [
      "", "## condition", "",
      "A service, what is looked at, a comparison (`>=` `<=` `>` `<` `=` `!=` `is`) and a value.",
      "An *observation* is the same without comparison and value.", "",
      "| looked at | value | when | meaning | example |", "|---|---|---|---|---|",
    ]
    for entry in MetricEntry.all {
      let when = entry.isAtEveryInstant ? "always" : "`over`, `atEnd`"
      lines.append(
        "| `\(entry.words)` | \(entry.unit.words) | \(when) | \(entry.doc) | `\(entry.example)` |")
    }
    lines += [
      "",
      "What is looked at *always* is known after every event; the rest only at the end of a window.",
    ]
    return lines.joined(separator: "\n")
  }
}

extension MetricEntry.Unit {
  fileprivate var words: String {
    switch self {
    case .wholeNumber: "whole number"
    case .number: "number"
    case .share: "share"
    case .duration: "duration"
    case .rate: "rate"
    case .rollout: "one of three words"
    case .word: "word"
    }
  }
}
