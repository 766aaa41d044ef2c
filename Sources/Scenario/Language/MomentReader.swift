import YAML

/// Reads the small phrases of the language: moments, service names, conditions.
struct MomentReader {
  let file: String

  /// `90s`, `bad switch`, `bad switch + 90s`.
  func moment(_ node: YAMLNode) throws -> Moment {
    let location = SourceLocation(node)
    guard let text = node.text, !text.isEmpty else {
      throw node.error(
        "expected a moment such as 90s or \"name of an entry + 90s\", found \(node.summary)",
        file: file)
    }
    if let offset = Units.duration(text) {
      return Moment(entry: nil, offset: offset, location: location)
    }
    if text.first?.isNumber == true {
      throw node.error(
        "expected a duration with a unit such as 90s or 1m30s, found \(node.summary)", file: file)
    }
    guard let plus = text.lastIndex(of: "+") else {
      return Moment(entry: text, offset: .zero, location: location)
    }
    let name = String(text[..<plus]).trimmed
    let rest = String(text[text.index(after: plus)...]).trimmed
    guard let offset = Units.duration(rest) else {
      throw node.error(
        "expected a duration such as 90s after the \"+\", found \"\(rest)\"", file: file)
    }
    return Moment(entry: name, offset: offset, location: location)
  }

  /// `application/level`.
  func serviceReference(_ node: YAMLNode) throws -> ServiceReference {
    guard let text = node.text, let reference = Self.serviceReference(text) else {
      throw node.error(
        "expected a service as application/level, such as digits/production, found"
          + " \(node.summary)", file: file)
    }
    return reference
  }

  static func serviceReference(_ text: String) -> ServiceReference? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
      return nil
    }
    return ServiceReference(application: String(parts[0]), level: String(parts[1]))
  }

  /// `digits/production available >= 2`.
  func condition(_ node: YAMLNode) throws -> Condition {
    guard let text = node.text else {
      throw node.error(
        "expected \(KeyType.condition.expected), found \(node.summary)", file: file)
    }
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, Self.serviceReference(first) != nil else {
      throw node.error(
        "expected \(KeyType.condition.expected), found \"\(text)\"", file: file)
    }
    let operators = Condition.Comparison.allCases.map(\.rawValue) + ["is"]
    guard let place = words.lastIndex(where: operators.contains), place > 0,
      place + 1 < words.count
    else {
      throw node.error(
        "expected one of \(operators.joined(separator: " ")) and a value after what is compared,"
          + " found \"\(text)\"", file: file)
    }
    let measure = try measure(words[..<place].joined(separator: " "), node)
    let comparison = Condition.Comparison(rawValue: words[place]) ?? .equal
    let value = words[(place + 1)...].joined(separator: " ")
    return Condition(
      measure: measure, comparison: comparison,
      value: try self.value(value, of: measure.metric, comparison, node), text: text)
  }

  /// `digits/production p99 latency`.
  func measure(_ node: YAMLNode) throws -> Measure {
    guard let text = node.text else {
      throw node.error(
        "expected \(KeyType.measure.expected), found \(node.summary)", file: file)
    }
    return try measure(text, node)
  }

  private func measure(_ text: String, _ node: YAMLNode) throws -> Measure {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, let service = Self.serviceReference(first) else {
      throw node.error(
        "expected \(KeyType.measure.expected), found \"\(text)\"", file: file)
    }
    let rest = words.dropFirst().joined(separator: " ")
    if let metric = MetricEntry.metric(rest) { return Measure(service: service, metric: metric) }
    let known = MetricEntry.all.map { $0.words == "pN latency" ? "p99 latency" : $0.words }
    throw node.error(
      "unknown observation \"\(rest)\"\(Spelling.hint(rest, known)) Expected:"
        + " \(known.joined(separator: ", "))", file: file)
  }

  private func value(
    _ text: String, of metric: Metric, _ comparison: Condition.Comparison, _ node: YAMLNode
  ) throws -> Condition.Value {
    func require<Value>(_ value: Value?, _ expected: String) throws -> Value {
      guard let value else {
        throw node.error(
          "\(metric.words): expected \(expected), found \"\(text)\"", file: file)
      }
      return value
    }
    switch metric.entry.unit {
    case .wholeNumber:
      let number = Units.number(text).flatMap { $0 == $0.rounded() ? $0 : nil }
      return .number(try require(number, "a whole number"))
    case .number: return .number(try require(Units.number(text), "a number"))
    case .share:
      return .number(try require(Units.fraction(text), "a percentage such as 1%"))
    case .rate:
      return .number(try require(Units.ratePerSecond(text), KeyType.rate.expected))
    case .duration:
      let duration = try require(Units.duration(text), "a duration such as 50ms")
      let (seconds, attoseconds) = duration.components
      return .number(Double(seconds) * 1e9 + Double(attoseconds / 1_000_000_000))
    case .rollout:
      let words = ["complete", "progressing", "ProgressDeadlineExceeded"]
      let word = try require(
        words.contains(text) ? text : nil, "one of \(words.joined(separator: ", "))")
      return .word(try equality(word, comparison, metric, node))
    case .word: return .word(try equality(text, comparison, metric, node))
    }
  }

  private func equality(
    _ word: String, _ comparison: Condition.Comparison, _ metric: Metric, _ node: YAMLNode
  ) throws -> String {
    guard comparison == .equal || comparison == .notEqual else {
      throw node.error(
        "\(metric.words) is a word; expected = or !=, found \(comparison.rawValue)", file: file)
    }
    return word
  }
}
