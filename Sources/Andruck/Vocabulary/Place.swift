import YAML

/// Where in a source file something is said, so that errors and relative paths find it as they find
/// a line of a scenario file.
struct Place: Sendable {
  let file: String
  let line: Int
  let column: Int

  init(_ file: String, _ line: Int, _ column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  func node(_ value: YAMLNode.Value) -> YAMLNode {
    var node = YAMLNode(value, line: line, column: column)
    node.file = file
    return node
  }

  /// Text as in quotes: it is a string whatever it looks like.
  func scalar(_ text: String) -> YAMLNode { node(.scalar(text, quoted: true)) }

  /// Text as without quotes, such as a number.
  func plain(_ text: String) -> YAMLNode { node(.scalar(text, quoted: false)) }
}

/// A mapping of the scenario language as it is put together.
struct Keys: Sendable {
  let place: Place
  private var pairs: [(key: YAMLNode, value: YAMLNode)] = []

  init(_ place: Place) { self.place = place }

  var node: YAMLNode { place.node(.mapping(pairs)) }

  /// The keys that are there.
  var names: [String] { pairs.compactMap(\.key.text) }

  mutating func put(_ key: String, _ value: YAMLNode?) {
    if let value { pairs.append((place.scalar(key), value)) }
  }

  mutating func put(_ key: String, _ text: String?) { put(key, text.map(place.scalar)) }

  mutating func put(_ key: String, _ number: Int?) { put(key, number.map { place.plain("\($0)") }) }

  mutating func put(_ key: String, _ duration: Duration?) {
    put(key, duration.map { place.scalar(Scenario.Moment.text($0)) })
  }

  mutating func put(_ key: String, _ moment: Scenario.Moment?) { put(key, moment?.text) }

  mutating func put(_ key: String, _ nodes: [YAMLNode]) {
    if !nodes.isEmpty { put(key, place.node(.sequence(nodes))) }
  }

  mutating func put(_ key: String, _ texts: [String]) { put(key, texts.map(place.scalar)) }

  mutating func put(_ key: String, named values: KeyValuePairs<String, String>) {
    if values.isEmpty { return }
    put(key, place.node(.mapping(values.map { (place.scalar($0.key), place.scalar($0.value)) })))
  }

  /// Keys of the language in its own writing, for which there is no parameter.
  mutating func put(others: KeyValuePairs<String, String>) {
    for (key, text) in others { put(key, Scenario.parsed(text, place)) }
  }
}

extension Scenario {
  /// A value in the language's own writing; what is no YAML counts as text and is refused later.
  static func parsed(_ text: String, _ place: Place) -> YAMLNode {
    guard let node = try? YAMLDocument.parse(text) else { return place.scalar(text) }
    return placed(node, place)
  }

  private static func placed(_ node: YAMLNode, _ place: Place) -> YAMLNode {
    switch node.value {
    case .scalar: place.node(node.value)
    case .sequence(let items): place.node(.sequence(items.map { placed($0, place) }))
    case .mapping(let pairs):
      place.node(.mapping(pairs.map { (placed($0.key, place), placed($0.value, place)) }))
    }
  }

  /// A time in a story: since its start, or since an entry of the timeline or a phase began.
  ///
  /// As a text it is written as in a scenario file: `90s`, `bad switch`, `bad switch + 90s`.
  public struct Moment: Sendable, ExpressibleByStringLiteral {
    let text: String

    /// A moment as a scenario file has it.
    public init(stringLiteral text: String) { self.text = text }

    /// A moment as a scenario file has it.
    public init(_ text: String) { self.text = text }

    /// So long after the start.
    public static func at(_ duration: Duration) -> Moment { Moment(text(duration)) }

    /// So many seconds after the start.
    public static func seconds(_ count: Double) -> Moment { .at(.seconds(count)) }

    /// So many minutes after the start.
    public static func minutes(_ count: Double) -> Moment { .at(.minutes(count)) }

    /// So long after an entry of the timeline happened or a phase began.
    public static func after(_ name: String, _ duration: Duration = .zero) -> Moment {
      Moment(duration == .zero ? name : "\(name) + \(text(duration))")
    }

    /// A duration as the language writes it.
    static func text(_ duration: Duration) -> String {
      let (seconds, attoseconds) = duration.components
      let nanoseconds = attoseconds / 1_000_000_000
      return nanoseconds == 0 ? "\(seconds)s" : "\(seconds)s\(nanoseconds)ns"
    }
  }
}

extension Duration {
  /// So many minutes.
  public static func minutes(_ count: Double) -> Duration { .seconds(count * 60) }

  /// So many hours.
  public static func hours(_ count: Double) -> Duration { .seconds(count * 3600) }
}
