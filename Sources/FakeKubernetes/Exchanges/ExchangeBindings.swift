import JSON

/// Where an answer differs from the recorded one.
package struct ExchangeDifference: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// What the placeholders of one recording stand for, and the comparison that binds them.
///
/// The same rules as `golden/api/replay.py`.
struct ExchangeBindings {
  private let namespace: String
  private var bound: [Placeholder: String] = [:]
  private var order: [Placeholder] = []

  init(namespace: String) { self.namespace = namespace }

  /// A request's value with every placeholder replaced.
  func fill(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      return .object(JSONObject(object.map { (fill(text: $0.key), fill($0.value)) }))
    case .array(let elements): return .array(elements.map { fill($0) })
    case .string(let text):
      let filled = fill(text: text)
      if case .placeholder(let only)? = pieces(text).first, pieces(text).count == 1,
        only.kind == "nodePort", let port = Int64(filled)
      {
        return .integer(port)
      }
      return .string(filled)
    case .null, .bool, .integer, .number: return value
    }
  }

  /// A text with every placeholder that is bound replaced.
  func fill(text: String) -> String {
    pieces(text).map { piece in
      switch piece {
      case .literal(let literal): literal
      case .placeholder(let placeholder): bound[placeholder] ?? "${\(placeholder)}"
      }
    }.joined()
  }

  /// The text cut at placeholders; those that stand for something fixed are replaced.
  private func pieces(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = Substring(text)
    func literal(_ part: some StringProtocol) {
      if part.isEmpty { return }
      if case .literal(let before)? = pieces.last {
        pieces[pieces.count - 1] = .literal(before + part)
      } else {
        pieces.append(.literal(String(part)))
      }
    }
    while let start = rest.firstRange(of: "${") {
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
      literal(rest[..<start.lowerBound])
      let parts = rest[start.upperBound..<end].split(separator: ":")
      let kind = String(parts.first ?? "")
      let number = parts.count > 1 ? Int(parts[1]) : nil
      if kind == "ns" {
        literal(namespace)
      } else if kind == "x" {
        literal(String(repeating: "x", count: number ?? 0))
      } else {
        pieces.append(.placeholder(Placeholder(kind: kind, number: number)))
      }
      rest = rest[rest.index(after: end)...]
    }
    literal(rest)
    return pieces
  }

  /// Throws the first difference; binds placeholders met for the first time.
  mutating func compare(
    _ wanted: JSONValue, _ seen: JSONValue, _ place: String, isContained: Bool = false
  ) throws(ExchangeDifference) {
    switch (wanted, seen) {
    case ("${any}", _): return
    case (.string(let text), _) where text.contains("${"): try compare(text: text, seen, place)
    case (.object(let wantedMembers), .object(let members)):
      for (key, value) in wantedMembers {
        guard let member = members[key] else {
          throw ExchangeDifference("\(place).\(key): expected \(Self.short(value)), seen nothing")
        }
        try compare(value, member, "\(place).\(key)", isContained: isContained)
      }
      for (key, value) in members where wantedMembers[key] == nil && !isContained {
        throw ExchangeDifference("\(place).\(key): expected nothing, seen \(Self.short(value))")
      }
    case (.array(let wantedElements), .array(let elements)) where isContained:
      for (index, element) in wantedElements.enumerated() {
        guard elements.contains(where: { isFound(element, $0) }) else {
          throw ExchangeDifference("\(place)[\(index)]: expected an element like \(element.text())")
        }
      }
    case (.array(let wantedElements), .array(let elements)):
      for (index, (element, other)) in zip(wantedElements, elements).enumerated() {
        try compare(element, other, "\(place)[\(index)]")
      }
      if wantedElements.count != elements.count {
        let index = min(wantedElements.count, elements.count)
        func text(_ list: [JSONValue]) -> String {
          index < list.count ? Self.short(list[index]) : "nothing"
        }
        throw ExchangeDifference(
          "\(place)[\(index)]: expected \(text(wantedElements)), seen \(text(elements))")
      }
    default:
      if wanted != seen {
        throw ExchangeDifference(
          "\(place): expected \(Self.short(wanted)), seen \(Self.short(seen))")
      }
    }
  }

  private mutating func isFound(_ wanted: JSONValue, _ seen: JSONValue) -> Bool {
    let saved = self
    do throws(ExchangeDifference) {
      try compare(wanted, seen, "", isContained: true)
      return true
    } catch {
      self = saved
      return false
    }
  }

  private mutating func compare(text: String, _ seen: JSONValue, _ place: String)
    throws(ExchangeDifference)
  {
    let pieces = pieces(text)
    var value = seen
    if pieces.count == 1, case .placeholder(let only) = pieces[0], only.kind == "nodePort",
      case .integer(let port) = seen
    {
      value = .string(String(port))
    }
    var found: [(Placeholder, String)] = []
    guard case .string(let string) = value, matches(pieces[...], string[...], &found) else {
      throw ExchangeDifference(
        "\(place): expected \(Self.short(.string(fill(text: text)))), seen \(Self.short(seen))")
    }
    for (placeholder, value) in found { try bind(placeholder, value, place) }
  }

  private func matches(
    _ pieces: ArraySlice<Piece>, _ text: Substring, _ found: inout [(Placeholder, String)]
  ) -> Bool {
    guard let piece = pieces.first else { return text.isEmpty }
    let others = pieces.dropFirst()
    switch piece {
    case .literal(let literal):
      return text.hasPrefix(literal) && matches(others, text.dropFirst(literal.count), &found)
    case .placeholder(let placeholder):
      if placeholder.number != nil, let value = bound[placeholder] {
        return text.hasPrefix(value) && matches(others, text.dropFirst(value.count), &found)
      }
      var end = text.endIndex
      while true {
        if placeholder.takes(text[..<end]) {
          let count = found.count
          found.append((placeholder, String(text[..<end])))
          if matches(others, text[end...], &found) { return true }
          found.removeLast(found.count - count)
        }
        if end == text.startIndex { return false }
        end = text.index(before: end)
      }
    }
  }

  private mutating func bind(_ placeholder: Placeholder, _ value: String, _ place: String)
    throws(ExchangeDifference)
  {
    guard let number = placeholder.number else { return }
    if let old = bound[placeholder] {
      if old == value { return }
      throw ExchangeDifference("\(place): expected ${\(placeholder)} = \(old), seen \(value)")
    }
    for other in order {
      guard let otherValue = bound[other], let otherNumber = other.number else { continue }
      if other.kind == placeholder.kind, placeholder.isDistinct, otherValue == value {
        throw ExchangeDifference(
          "\(place): expected ${\(placeholder)} to differ from ${\(other)}, seen \(value) for both")
      }
      guard other.kind == "rv", let version = Int64(value), let before = Int64(otherValue) else {
        continue
      }
      if placeholder.kind == "rv", (before > version) != (otherNumber > number) {
        throw ExchangeDifference(
          "\(place): expected ${\(placeholder)} on the other side of ${\(other)} = \(before), "
            + "seen \(value)")
      }
      if placeholder.kind == "listrv", before > version {
        throw ExchangeDifference(
          "\(place): expected ${\(placeholder)} >= ${\(other)} = \(before), seen \(value)")
      }
    }
    bound[placeholder] = value
    order.append(placeholder)
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.text()
    return text.count < 400 ? text : text.prefix(400) + "…"
  }
}

/// A part of a recorded text.
private enum Piece {
  case literal(String)
  case placeholder(Placeholder)
}

/// A value that differs from run to run.
struct Placeholder: Hashable, CustomStringConvertible {
  var kind: String
  var number: Int?

  var description: String { number.map { "\(kind):\($0)" } ?? kind }

  /// Whether two numbers never have one value.
  var isDistinct: Bool { ["uid", "rv", "suffix", "ip", "nodePort"].contains(kind) }

  /// Whether a text may be the value.
  func takes(_ text: Substring) -> Bool {
    switch kind {
    case "any": return true
    case "continue": return !text.isEmpty
    case "uid": return Self.has(text, form: "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")
    case "rv", "listrv", "markrv":
      return !text.isEmpty && text.first != "0" && text.allSatisfy(Self.isDigit)
    case "int": return !text.isEmpty && text.allSatisfy(Self.isDigit)
    case "suffix":
      return text.count == 5 && text.allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) }
    case "ip":
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count == 4
        && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(Self.isDigit) }
    case "nodePort": return Self.has(text, form: "ddddd")
    case "time": return Self.has(text, form: "dddd-dd-ddTdd:dd:ddZ")
    case "microtime": return Self.has(text, form: "dddd-dd-ddTdd:dd:dd.ddddddZ")
    case "age": return Self.isAge(text)
    default: return false
    }
  }

  private static func isDigit(_ character: Character) -> Bool { "0123456789".contains(character) }

  /// `d` stands for a digit, `h` for a lower-case hexadecimal digit.
  private static func has(_ text: Substring, form: String) -> Bool {
    text.count == form.count
      && zip(text, form).allSatisfy { character, wanted in
        switch wanted {
        case "d": isDigit(character)
        case "h": isDigit(character) || "abcdef".contains(character)
        default: character == wanted
        }
      }
  }

  /// One or two numbers, each with its unit.
  private static func isAge(_ text: Substring) -> Bool {
    var parts = 0
    var hasDigits = false
    for character in text {
      if isDigit(character) {
        hasDigits = true
      } else if hasDigits, "smhdy".contains(character) {
        parts += 1
        hasDigits = false
      } else {
        return false
      }
    }
    return (1...2).contains(parts) && !hasDigits
  }
}
