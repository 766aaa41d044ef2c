import YAML

/// Reads the small phrases of the language: moments, service names, conditions.
struct MomentReader {
  let file: String

  /// `90s`, `bad switch`, `bad switch + 90s`.
  func moment(_ node: YAMLNode) throws -> Moment {
    let location = SourceLocation(line: node.line, column: node.column)
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
      throw node.error("expected a condition, found \(node.summary)", file: file)
    }
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, let service = Self.serviceReference(first) else {
      throw node.error(
        "expected a condition such as \"digits/production available >= 2\", found \"\(text)\"",
        file: file)
    }
    let operators = Condition.Comparison.allCases.map(\.rawValue) + ["is"]
    guard let place = words.firstIndex(where: operators.contains), place + 1 < words.count else {
      throw node.error(
        "expected one of \(operators.joined(separator: " ")) and a value after what is compared,"
          + " found \"\(text)\"", file: file)
    }
    let metric = try metric(words[1..<place].joined(separator: " "), node)
    let comparison = Condition.Comparison(rawValue: words[place]) ?? .equal
    let value = words[(place + 1)...].joined(separator: " ")
    return Condition(
      service: service, metric: metric, comparison: comparison,
      value: try self.value(value, of: metric, comparison, node), text: text)
  }

  private static let plainMetrics: [Metric] = [
    .desired, .replicas, .updated, .ready, .available, .pods, .restarts, .rollout, .assignedModel,
    .servedModel, .requests, .failures, .errorRate, .wrongAnswers, .accuracy,
  ]

  private func metric(_ words: String, _ node: YAMLNode) throws -> Metric {
    if let metric = Self.plainMetrics.first(where: { $0.words == words }) { return metric }
    let parts = words.split(separator: " ")
    if parts.count == 2, parts[1] == "latency", parts[0].first == "p",
      let percentile = Units.number(String(parts[0].dropFirst())), (0...100).contains(percentile)
    {
      return .latency(percentile: percentile)
    }
    let known = Self.plainMetrics.map(\.words) + ["p99 latency"]
    let hint = MappingReader.nearest(words, known).map { "; did you mean \"\($0)\"?" } ?? ""
    throw node.error(
      "unknown observation \"\(words)\"\(hint) Expected: \(known.joined(separator: ", "))",
      file: file)
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
    switch metric {
    case .desired, .replicas, .updated, .ready, .available, .pods, .restarts, .requests,
      .failures, .wrongAnswers:
      let number = Units.number(text).flatMap { $0 == $0.rounded() ? $0 : nil }
      return .number(try require(number, "a whole number"))
    case .errorRate, .accuracy:
      return .number(try require(Units.fraction(text), "a percentage such as 1%"))
    case .latency:
      let duration = try require(Units.duration(text), "a duration such as 50ms")
      let (seconds, attoseconds) = duration.components
      return .number(Double(seconds) * 1e9 + Double(attoseconds / 1_000_000_000))
    case .rollout:
      let words = ["complete", "progressing", "ProgressDeadlineExceeded"]
      let word = try require(
        words.contains(text) ? text : nil, "one of \(words.joined(separator: ", "))")
      return .word(try equality(word, comparison, metric, node))
    case .assignedModel, .servedModel:
      return .word(try equality(text, comparison, metric, node))
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
