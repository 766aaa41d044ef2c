import JSON

/// Labelled inputs as the workers' evaluation reads them: a line of JSON each.
enum EvaluationLines {
  static func bytes(_ rows: [LabelledInputs.Row]) -> [UInt8] {
    rows.flatMap { row -> [UInt8] in
      let line: JSONValue = [
        "input": .array(row.values.map { .integer(Int64($0)) }),
        "label": .array([.integer(Int64(row.label ?? 0))]),
      ]
      return Array((line.text() + "\n").utf8)
    }
  }
}
