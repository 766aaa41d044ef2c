/// What a scalar means by the core schema (YAML 1.2.2, section 10.3.2).
public enum YAMLScalar: Sendable, Equatable {
  /// Nothing, `~`, `null`, `Null` or `NULL`.
  case null
  /// `true` or `false`, in lower case, capitalised or in upper case; `yes` and `on` are strings.
  case bool(Bool)
  /// Decimal, `0o` octal or `0x` hexadecimal, where it fits in 64 bits.
  case int(Int)
  /// A decimal fraction, an exponent, `.inf`, `.nan`, or an integer beyond 64 bits.
  case double(Double)
  /// Everything else, and whatever is quoted.
  case string(String)
}

extension YAMLNode {
  /// What the scalar means by the core schema; nil for collections.
  public var resolved: YAMLScalar? {
    guard case .scalar(let text, let quoted) = value else { return nil }
    return quoted ? .string(text) : YAMLScalar(plain: text)
  }

  /// True for a scalar that resolves to null.
  public var isNull: Bool { resolved == .null }

  /// The boolean; nil for anything else.
  public var bool: Bool? {
    if case .bool(let value) = resolved { return value }
    return nil
  }

  /// The integer; nil for anything else, and for one beyond 64 bits.
  public var int: Int? {
    if case .int(let value) = resolved { return value }
    return nil
  }

  /// The number, also where it is written as an integer; nil for anything else.
  public var double: Double? {
    switch resolved {
    case .double(let value): return value
    case .int(let value): return Double(value)
    case .null, .bool, .string, nil: return nil
    }
  }

  /// The string; nil for a scalar that resolves to something else, and for collections.
  public var string: String? {
    if case .string(let value) = resolved { return value }
    return nil
  }
}

extension YAMLScalar {
  /// Resolves plain (unquoted) text.
  public init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": self = .double(-.infinity)
    case ".nan", ".NaN", ".NAN": self = .double(.nan)
    default: self = Self.number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> YAMLScalar? {
    let bytes = Array(text.utf8)
    if bytes.starts(with: Array("0x".utf8)) { return radix(text.dropFirst(2), 16) }
    if bytes.starts(with: Array("0o".utf8)) { return radix(text.dropFirst(2), 8) }
    guard let form = DecimalForm(bytes) else { return nil }
    if form == .integer, let value = Int(text) { return .int(value) }
    return Double(text).map { .double($0) }
  }

  private static func radix(_ digits: Substring, _ radix: Int) -> YAMLScalar? {
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    return Int(digits, radix: radix).map { .int($0) }
  }
}

/// The two decimal forms of the core schema, told apart by their characters.
private enum DecimalForm {
  case integer
  case fraction

  init?(_ bytes: [UInt8]) {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
        index += 1
      }
      return index - start
    }
    func accept(_ characters: String) -> Bool {
      guard index < bytes.count, characters.utf8.contains(bytes[index]) else { return false }
      index += 1
      return true
    }
    _ = accept("+-")
    let whole = digits()
    let pointed = accept(".")
    let fraction = pointed ? digits() : 0
    guard whole + fraction > 0 else { return nil }
    let raised = accept("eE")
    if raised {
      _ = accept("+-")
      guard digits() > 0 else { return nil }
    }
    guard index == bytes.count else { return nil }
    self = pointed || raised ? .fraction : .integer
  }
}
