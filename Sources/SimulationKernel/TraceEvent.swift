/// One thing that happened in a simulation, in domain words.
public struct TraceEvent: Sendable {
  /// The event's place in the trace, from 0.
  public let sequence: Int
  /// When it happened.
  public let time: SimulationTime
  /// What happened, such as `pod.ready`; the part before the dot names the component.
  public let kind: String
  /// Whom or what it happened to, such as a pod's name.
  public let subject: String
  /// Details, in a fixed order for each kind.
  public let fields: [(String, TraceValue)]

  /// The value of a field, if the event has it.
  public subscript(name: String) -> TraceValue? { fields.first { $0.0 == name }?.1 }
}

/// An object that an event is about, in the parts of its name.
public struct TraceSubject: Sendable, CustomStringConvertible {
  let prefix: String
  let namespace: String
  let name: String

  /// Names an object; the namespace may be empty.
  public init(prefix: String, namespace: String, name: String) {
    self.prefix = prefix
    self.namespace = namespace
    self.name = name
  }

  /// Prefix and name, with namespace and slash between them if there is a namespace.
  public var description: String {
    namespace.isEmpty ? prefix + name : "\(prefix)\(namespace)/\(name)"
  }
}

/// A value in a trace event.
public enum TraceValue: Hashable, Sendable {
  /// Text.
  case string(String)
  /// A whole number.
  case integer(Int64)
  /// A fraction; its bit pattern enters the digest.
  case number(Double)
  /// Yes or no.
  case bool(Bool)
}

extension TraceValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation
{
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A fraction.
  public init(floatLiteral value: Double) { self = .number(value) }
}

extension TraceValue: CustomStringConvertible {
  /// The value as people read it.
  public var description: String {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .bool(let value): String(value)
    }
  }

  /// The text of a `string` value.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The number of an `integer` value.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}
