import YAML

/// Reads one entry of `expect`.
struct CheckReader {
  let file: String

  func check(_ node: YAMLNode) throws -> Check {
    var reader = try MappingReader(node, "a check", file: file)
    let kinds = Check.Kind.allCases.filter { reader.keys.contains($0.rawValue) }
    guard let kind = kinds.first, kinds.count == 1 else {
      throw reader.error(
        "a check needs exactly one of the keys "
          + Check.Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let phrases = MomentReader(file: file)
    let condition = try phrases.condition(reader.required(kind.rawValue))
    let start = Moment(entry: nil, offset: .zero, location: reader.location)
    var check = Check(
      kind: kind, condition: condition,
      from: try reader.optional("from").map(phrases.moment) ?? start,
      until: nil, within: nil, text: "\(kind.rawValue): \(condition.text)",
      location: reader.location)
    switch kind {
    case .eventually:
      check.within = try reader.duration("within")
    case .always, .never, .over, .atEnd:
      check.until = try reader.optional("until").map(phrases.moment)
    }
    if kind == .always || kind == .never || kind == .eventually, !condition.isAtEveryInstant {
      throw reader.error(
        "\(condition.metric.words) is known only over a window; expected the key \"over\" instead"
          + " of \"\(kind.rawValue)\"")
    }
    try reader.finish()
    return check
  }
}

extension Condition {
  /// Whether it can be judged after every event: a state, or a count that only grows.
  var isAtEveryInstant: Bool {
    switch metric {
    case .errorRate, .accuracy, .latency: false
    case .desired, .replicas, .updated, .ready, .available, .pods, .restarts, .rollout,
      .assignedModel, .servedModel, .requests, .failures, .wrongAnswers:
      true
    }
  }
}
