import YAML

/// Reads checks, columns and what must hold before the timeline begins.
struct CheckReader {
  let file: String
  let phases: [Phase]

  func check(_ record: Record) throws -> Check {
    guard let kind = record.variant.flatMap({ Check.Kind(rawValue: $0.key.name) }) else {
      preconditionFailure("a check of no kind")
    }
    let condition = try record.condition(kind.rawValue)
    let window = try window(record)
    if kind == .always || kind == .never || kind == .eventually, !condition.metric.isAtEveryInstant
    {
      throw record.error(
        "\(condition.metric.words) is known only over a window; expected the key \"over\" instead"
          + " of \"\(kind.rawValue)\"")
    }
    return Check(
      kind: kind, condition: condition, from: window.from, until: window.until,
      within: kind == .eventually ? try record.duration("within") : nil,
      text: "\(kind.rawValue): \(condition.text)", location: record.location)
  }

  func column(_ record: Record) throws -> Column {
    let window = try window(record)
    guard let value = record.value("value") else { throw record.error("a column needs a value") }
    return Column(
      heading: try record.text("column"),
      measure: try MomentReader(file: file).measure(value), from: window.from, until: window.until,
      location: record.location)
  }

  func steady(_ node: YAMLNode) throws -> Check {
    let condition = try MomentReader(file: file).condition(node)
    let location = SourceLocation(node)
    return Check(
      kind: .steady, condition: condition,
      from: Moment(entry: nil, offset: .zero, location: location), until: nil, within: nil,
      text: "steady: \(condition.text)", location: location)
  }

  private func window(_ record: Record) throws -> (from: Moment, until: Moment?) {
    let ways = [
      record.has("from") || record.has("until"), record.has("during"), record.has("between"),
    ]
    if ways.count(where: \.self) > 1 {
      throw record.error(
        "\(record.shape.title) has more than one window; expected from and until, or during, or"
          + " between")
    }
    if record.has("during") {
      let place = try phase(record, "during", record.text("during"))
      let next = place + 1 < phases.count ? phases[place + 1].name : nil
      return (
        moment(phases[place].name, record), next.map { moment($0, record) }
      )
    }
    if record.has("between") {
      let names = try record.list("between").map { try Values.text($0, "between", file) }
      guard names.count == 2 else {
        throw record.error("between: expected two phases, found \(names.count)")
      }
      let first = try phase(record, "between", names[0])
      let second = try phase(record, "between", names[1])
      if second <= first {
        throw record.error("between: expected a phase and a later one, found \"\(names[1])\" last")
      }
      return (moment(names[0], record), moment(names[1], record))
    }
    return (try record.moment("from"), try record.momentIfAny("until"))
  }

  private func phase(_ record: Record, _ key: String, _ name: String) throws -> Int {
    if let place = phases.firstIndex(where: { $0.name == name }) { return place }
    let names = phases.map(\.name)
    throw record.error(
      "\(key): there is no phase \"\(name)\"\(Spelling.hint(name, names)); expected one of"
        + " \(names.joined(separator: ", "))")
  }

  private func moment(_ name: String, _ record: Record) -> Moment {
    Moment(entry: name, offset: .zero, location: record.location)
  }
}
