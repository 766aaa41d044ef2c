package import JSON

/// RFC 6902: a list of operations at places named by JSON pointers.
package enum JSONPatch {
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
    switch name {
    case "add": try edit(&document, path[...], .add(try value(operation)))
    case "replace": try edit(&document, path[...], .replace(try value(operation)))
    case "remove": try edit(&document, path[...], .remove)
    case "test":
      let wanted = operation["value"] ?? .null
      guard try lookUp(document, path) == wanted else {
        throw Failure(
          message: "testing value /\(path.joined(separator: "/")) failed", isMalformed: false)
      }
    case "copy", "move":
      let from = try pointer(operation, "from")
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

  private static func value(_ operation: JSONValue) throws(Failure) -> JSONValue {
    guard let value = operation["value"] else {
      throw Failure(message: "an operation has no \"value\"", isMalformed: true)
    }
    return value
  }

  private static func pointer(_ operation: JSONValue, _ key: String) throws(Failure) -> [String] {
    guard let text = operation[key]?.stringValue, text.isEmpty || text.hasPrefix("/") else {
      throw Failure(message: "an operation has no valid \"\(key)\"", isMalformed: true)
    }
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

  private static func lookUp(_ document: JSONValue, _ path: [String]) throws(Failure) -> JSONValue {
    var current = document
    for part in path {
      let next: JSONValue? =
        if case .array = current { Int(part).flatMap { current[$0] } } else { current[part] }
      guard let next else { throw missing(part) }
      current = next
    }
    return current
  }

  private static func edit(
    _ document: inout JSONValue, _ path: ArraySlice<String>, _ change: Edit
  ) throws(Failure) {
    guard let part = path.first else {
      switch change {
      case .add(let value), .replace(let value): document = value
      case .remove: document = .null
      }
      return
    }
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
      let position = part == "-" ? elements.count : Int(part)
      guard let position, (0...elements.count).contains(position) else { throw missing(part) }
      elements.insert(value, at: position)
      return
    }
    guard let position = Int(part), elements.indices.contains(position) else {
      throw missing(part)
    }
    if path.count > 1 {
      try edit(&elements[position], path.dropFirst(), change)
      return
    }
    switch change {
    case .add: break
    case .replace(let value): elements[position] = value
    case .remove: elements.remove(at: position)
    }
  }
}
