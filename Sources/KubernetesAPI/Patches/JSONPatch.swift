package import JSON

/// RFC 6902: a list of operations at places named by JSON pointers.
///
/// What the RFC leaves open is as in `vendor/gopkg.in/evanphx/json-patch.v4/patch.go`: negative
/// indices count from the end, and only `replace` and `test` take the whole document.
package enum JSONPatch {
  /// How many operations a patch may have, source `apiserver/pkg/endpoints/handlers/patch.go`.
  package static let operationsMax = 10_000

  /// Why a patch could not be applied.
  package struct Failure: Error, Equatable {
    package var message: String
    /// Whether the patch itself is malformed, rather than not fitting the document.
    package var isMalformed: Bool
  }

  package static func apply(_ patch: JSONValue, to document: JSONValue) throws(Failure)
    -> JSONValue
  {
    guard case .array(let operations) = patch else {
      throw Failure(message: "a JSON patch is a list of operations", isMalformed: true)
    }
    var result = document
    for operation in operations { try apply(operation: operation, to: &result) }
    return result
  }

  private static func apply(operation: JSONValue, to document: inout JSONValue) throws(Failure) {
    guard let name = operation["op"]?.stringValue else {
      throw Failure(message: "an operation has no \"op\"", isMalformed: true)
    }
    let path = try pointer(operation, "path")
    let value = operation["value"] ?? .null
    switch name {
    case "add": try edit(&document, path[...], .add(value))
    case "replace":
      guard path.isEmpty else { return try edit(&document, path[...], .replace(value)) }
      switch value {
      case .object, .array: document = value
      case .null, .bool, .integer, .number, .string:
        throw Failure(message: "a document is an object or array", isMalformed: false)
      }
    case "remove": try edit(&document, path[...], .remove)
    case "test":
      guard try lookUp(document, path) == value else {
        throw Failure(
          message: "testing value /\(path.joined(separator: "/")) failed", isMalformed: false)
      }
    case "copy", "move":
      let from = try pointer(operation, "from")
      if from.isEmpty { throw missing("") }
      let moved = try lookUp(document, from)
      if name == "move" { try edit(&document, from[...], .remove) }
      try edit(&document, path[...], .add(moved))
    default: throw Failure(message: "unknown operation \"\(name)\"", isMalformed: true)
    }
  }

  private enum Edit {
    case add(JSONValue)
    case replace(JSONValue)
    case remove
  }

  /// The parts of a pointer; what stands before the first slash does not count.
  private static func pointer(_ operation: JSONValue, _ key: String) throws(Failure) -> [String] {
    guard let text = operation[key]?.stringValue else {
      throw Failure(message: "an operation has no \"\(key)\"", isMalformed: true)
    }
    if !text.isEmpty, !text.contains("/") { throw missing(text) }
    return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(unescaped)
  }

  /// `~1` stands for a slash, `~0` for a tilde.
  private static func unescaped(_ part: Substring) -> String {
    var result = ""
    var isEscape = false
    for character in part {
      if isEscape {
        result.append(character == "1" ? "/" : character == "0" ? "~" : character)
        isEscape = false
      } else if character == "~" {
        isEscape = true
      } else {
        result.append(character)
      }
    }
    return result
  }

  private static func missing(_ part: String) -> Failure {
    Failure(message: "there is no value at \"\(part)\"", isMalformed: false)
  }

  /// The place of an element; negative ones count from behind the `count` places.
  private static func position(_ part: String, of count: Int) throws(Failure) -> Int {
    guard let index = Int(part), (-count..<count).contains(index) else { throw missing(part) }
    return index < 0 ? index + count : index
  }

  /// The value at a place; the last member of a path counts as null where it is missing.
  private static func lookUp(_ document: JSONValue, _ path: [String]) throws(Failure) -> JSONValue {
    var current = document
    for (depth, part) in path.enumerated() {
      switch current {
      case .array(let elements): current = elements[try position(part, of: elements.count)]
      case .object(let object):
        guard let next = object[part] ?? (depth == path.count - 1 ? .null : nil) else {
          throw missing(part)
        }
        current = next
      case .null, .bool, .integer, .number, .string: throw missing(part)
      }
    }
    return current
  }

  private static func edit(
    _ document: inout JSONValue, _ path: ArraySlice<String>, _ change: Edit
  ) throws(Failure) {
    guard let part = path.first else { throw missing("") }
    switch document {
    case .object(var object):
      if path.count == 1 {
        switch change {
        case .add(let value): object[part] = value
        // Upstream's library takes a replacement of what is absent for an addition.
        case .replace(let value): object[part] = value
        case .remove:
          guard object[part] != nil else { throw missing(part) }
          object[part] = nil
        }
      } else {
        guard var member = object[part] else { throw missing(part) }
        try edit(&member, path.dropFirst(), change)
        object[part] = member
      }
      document = .object(object)
    case .array(var elements):
      try edit(&elements, part, path, change)
      document = .array(elements)
    case .null, .bool, .integer, .number, .string: throw missing(part)
    }
  }

  private static func edit(
    _ elements: inout [JSONValue], _ part: String, _ path: ArraySlice<String>, _ change: Edit
  ) throws(Failure) {
    if path.count == 1, case .add(let value) = change {
      let place = part == "-" ? elements.count : try position(part, of: elements.count + 1)
      elements.insert(value, at: place)
      return
    }
    let place = try position(part, of: elements.count)
    if path.count > 1 { return try edit(&elements[place], path.dropFirst(), change) }
    switch change {
    case .add: break
    case .replace(let value): elements[place] = value
    case .remove: elements.remove(at: place)
    }
  }
}
