/// What may stand at a key of a scenario file.
package indirect enum KeyType: Sendable {
  /// Any text that is not empty.
  case text
  /// A whole number of a range.
  case integer(ClosedRange<Int>)
  /// `true` or `false`.
  case boolean
  /// `90s`, `1m30s`, `250ms`, `2h`.
  case duration
  /// `20/s`, `600/min`.
  case rate
  /// `500m`, `2`.
  case cpu
  /// `256Mi`, `1.5Gi`.
  case memory
  /// `80%`.
  case share
  /// `2` or `50%`.
  case countOrShare
  /// `90s`, the name of an entry or a phase, or that plus a duration.
  case moment
  /// `digits/production available >= 2`.
  case condition
  /// `digits/production p99 latency`: a condition's left side.
  case measure
  /// `application/level`.
  case service
  /// A path relative to the folder of the file that names it.
  case file
  /// One of some words.
  case choice([String])
  /// A list of such values, with at least one or not.
  case list(KeyType, mayBeEmpty: Bool)
  /// Free names, each with such a value.
  case names(KeyType, of: String)
  /// A mapping with keys of its own.
  case shape(Shape)
  /// One of several; which, shows in how it is written.
  case either([KeyType])
  /// Whatever is put in its place later, such as the body of a template.
  case anything

  /// What an error says was expected.
  package var expected: String {
    switch self {
    case .text: "text"
    case .integer(let range):
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .duration: "a duration with a unit such as 90s, 250ms or 1m30s"
    case .rate: "a rate with a unit such as 20/s or 600/min"
    case .cpu: "an amount of CPU such as 500m or 2"
    case .memory: "an amount of memory such as 256Mi or 1.5Gi"
    case .share: "a percentage such as 80%"
    case .countOrShare: "a whole number such as 2 or a percentage such as 50%"
    case .moment: "a moment such as 90s or \"name of an entry + 90s\""
    case .condition: "a condition such as \"digits/production available >= 2\""
    case .measure: "an observation such as \"digits/production p99 latency\""
    case .service: "a service as application/level, such as digits/production"
    case .file: "a path"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .list(_, mayBeEmpty: true): "a list"
    case .list(let element, mayBeEmpty: false): "a list with at least \(element.article)"
    case .names(_, let what): what
    case .shape(let shape): "\(shape.title) as a mapping"
    case .either(let types): types.map(\.expected).joined(separator: ", or ")
    case .anything: "something"
    }
  }

  /// The type in a word or two, for the reference.
  package var words: String {
    switch self {
    case .text: "text"
    case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true, false"
    case .duration: "duration"
    case .rate: "rate"
    case .cpu: "CPU"
    case .memory: "memory"
    case .share: "share"
    case .countOrShare: "whole number, or share"
    case .moment: "moment"
    case .condition: "condition"
    case .measure: "observation"
    case .service: "service"
    case .file: "file"
    case .choice(let words): words.joined(separator: ", ")
    case .list(let element, _): "list of \(element.words)"
    case .names(let value, _): "name: \(value.words)"
    case .shape(let shape): "[\(shape.id)](#\(shape.anchor))"
    case .either(let types): types.map(\.words).joined(separator: ", or ")
    case .anything: "anything"
    }
  }

  private var article: String {
    if case .shape(let shape) = self { shape.title } else { "one entry" }
  }
}
