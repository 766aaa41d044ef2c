/// Tells where bytes stop being JSON, in the words of Go's `encoding/json`.
///
/// A byte that does not fit is told with what was wanted: `invalid character 'x' after array
/// element`. Source: `encoding/json/scanner.go`; the end of the text is looked at as a space is.
struct GoJSONScanner {
  private enum Place { case key, value, element }

  private enum State {
    case value, valueOrEnd, keyOrEnd, key, afterValue, end
    case text, escape, hex(left: Int)
    case minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
    case literal(name: String, rest: Substring)
  }

  private var state = State.value
  private var places: [Place] = []

  /// Why bytes are no JSON object and not `null`, nil if they are.
  static func fault(ofObject bytes: [UInt8]) -> String? {
    var scanner = GoJSONScanner()
    for byte in bytes {
      if let fault = scanner.take(byte) { return fault }
    }
    if case .end = scanner.state {
    } else {
      if let fault = scanner.take(UInt8(ascii: " ")) { return fault }
      guard case .end = scanner.state else { return "unexpected end of JSON input" }
    }
    let kind: String
    switch bytes.first(where: { !isSpace($0) }) {
    case UInt8(ascii: "{"), UInt8(ascii: "n"): return nil
    case UInt8(ascii: "["): kind = "array"
    case UInt8(ascii: "\""): kind = "string"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): kind = "bool"
    default: kind = "number"
    }
    return "json: cannot unmarshal \(kind) into Go value of type map[string]interface {}"
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private mutating func take(_ byte: UInt8) -> String? {
    let character = Character(UnicodeScalar(byte))
    switch state {
    case .value, .valueOrEnd: return begin(character)
    case .keyOrEnd, .key: return beginKey(character)
    case .afterValue: return follow(character)
    case .end: return Self.isSpace(byte) ? nil : fault(character, "after top-level value")
    case .text: return takeText(byte, character)
    case .escape, .hex: return takeEscape(character)
    case .literal(let name, let rest): return takeLiteral(character, name, rest)
    case .minus, .zero, .digits, .point, .fraction, .exponent, .exponentSign, .exponentDigits:
      return takeNumber(character)
    }
  }

  private mutating func begin(_ character: Character) -> String? {
    switch character {
    case " ", "\t", "\n", "\r": return nil
    case "{":
      places.append(.key)
      state = .keyOrEnd
    case "[":
      places.append(.element)
      state = .valueOrEnd
    case "\"": state = .text
    case "-": state = .minus
    case "0": state = .zero
    case "1"..."9": state = .digits
    case "t": state = .literal(name: "true", rest: "rue")
    case "f": state = .literal(name: "false", rest: "alse")
    case "n": state = .literal(name: "null", rest: "ull")
    default:
      guard character == "]", case .valueOrEnd = state else {
        return fault(character, "looking for beginning of value")
      }
      close()
    }
    return nil
  }

  private mutating func beginKey(_ character: Character) -> String? {
    switch character {
    case " ", "\t", "\n", "\r": return nil
    case "\"": state = .text
    default:
      guard character == "}", case .keyOrEnd = state else {
        return fault(character, "looking for beginning of object key string")
      }
      close()
    }
    return nil
  }

  /// A value or a key has ended.
  private mutating func follow(_ character: Character) -> String? {
    if [" ", "\t", "\n", "\r"].contains(character) { return nil }
    switch (places.last, character) {
    case (.key, ":"):
      places[places.count - 1] = .value
      state = .value
    case (.value, ","):
      places[places.count - 1] = .key
      state = .key
    case (.element, ","): state = .value
    case (.value, "}"), (.element, "]"): close()
    case (.key, _): return fault(character, "after object key")
    case (.value, _): return fault(character, "after object key:value pair")
    case (.element, _): return fault(character, "after array element")
    case (nil, _): return fault(character, "after top-level value")
    }
    return nil
  }

  private mutating func close() {
    places.removeLast()
    complete()
  }

  private mutating func complete() { state = places.isEmpty ? .end : .afterValue }

  private mutating func takeText(_ byte: UInt8, _ character: Character) -> String? {
    switch character {
    case "\"": complete()
    case "\\": state = .escape
    default: if byte < 0x20 { return fault(character, "in string literal") }
    }
    return nil
  }

  private mutating func takeEscape(_ character: Character) -> String? {
    if case .hex(let left) = state {
      if !character.isHexDigit { return fault(character, "in \\u hexadecimal character escape") }
      state = left == 1 ? .text : .hex(left: left - 1)
    } else if character == "u" {
      state = .hex(left: 4)
    } else if "bfnrt\\/\"".contains(character) {
      state = .text
    } else {
      return fault(character, "in string escape code")
    }
    return nil
  }

  private mutating func takeLiteral(
    _ character: Character, _ name: String, _ rest: Substring
  ) -> String? {
    guard let wanted = rest.first, character == wanted else {
      return fault(character, "in literal \(name) (expecting '\(rest.prefix(1))')")
    }
    if rest.count > 1 {
      state = .literal(name: name, rest: rest.dropFirst())
    } else {
      complete()
    }
    return nil
  }

  private mutating func takeNumber(_ character: Character) -> String? {
    let isDigit = character >= "0" && character <= "9"
    switch (state, character) {
    case (.minus, "0"): state = .zero
    case (.minus, _) where isDigit: state = .digits
    case (.minus, _): return fault(character, "in numeric literal")
    case (.point, _) where isDigit: state = .fraction
    case (.point, _): return fault(character, "after decimal point in numeric literal")
    case (.exponent, "+"), (.exponent, "-"): state = .exponentSign
    case (.exponent, _) where isDigit, (.exponentSign, _) where isDigit: state = .exponentDigits
    case (.exponent, _), (.exponentSign, _):
      return fault(character, "in exponent of numeric literal")
    case (.digits, _) where isDigit, (.fraction, _) where isDigit,
      (.exponentDigits, _) where isDigit:
      break
    case (.zero, "."), (.digits, "."): state = .point
    case (.zero, "e"), (.digits, "e"), (.fraction, "e"), (.zero, "E"), (.digits, "E"),
      (.fraction, "E"):
      state = .exponent
    default:
      complete()
      if case .end = state, let byte = character.asciiValue, Self.isSpace(byte) { return nil }
      return follow(character)
    }
    return nil
  }

  /// Source: quoteChar of `encoding/json/scanner.go`.
  private func fault(_ character: Character, _ place: String) -> String {
    let shown: String
    switch character {
    case "'": shown = "\\'"
    case "\"": shown = "\""
    default: shown = String(String(character).goQuoted.dropFirst().dropLast())
    }
    return "invalid character '\(shown)' \(place)"
  }
}
