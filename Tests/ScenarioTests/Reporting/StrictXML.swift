/// A document of XML 1.0 as far as reports use it; whatever else is refused.
struct StrictXML {
  struct Element {
    var name: String
    var attributes: [(name: String, value: String)] = []
    var children: [Element] = []
    var text = ""

    subscript(_ attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
  }

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private var rest: Substring

  static func parse(_ document: String) throws -> Element {
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    guard document.hasPrefix(declaration) else { throw Fault(description: "no declaration") }
    for scalar in document.unicodeScalars where scalar.value < 0x20 && scalar != "\n" {
      throw Fault(description: "a control character \(scalar.value)")
    }
    var parser = StrictXML(rest: document.dropFirst(declaration.count))
    let element = try parser.element()
    if parser.rest != "\n" { throw Fault(description: "text after the document") }
    return element
  }

  private mutating func element() throws -> Element {
    try take("<")
    var element = Element(name: try name())
    while rest.first == " " {
      rest.removeFirst()
      let name = try name()
      try take("=\"")
      let value = try text(until: "\"")
      try take("\"")
      if element[name] != nil { throw Fault(description: "\(name) twice") }
      element.attributes.append((name, value))
    }
    if rest.hasPrefix("/>") {
      rest.removeFirst(2)
      return element
    }
    try take(">")
    while !rest.hasPrefix("</") {
      if rest.first == "<" {
        element.children.append(try self.element())
      } else {
        element.text += try text(until: "<")
      }
    }
    try take("</\(element.name)>")
    return element
  }

  private mutating func name() throws -> String {
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    if name.isEmpty { throw Fault(description: "no name at \(rest.prefix(20))") }
    rest = rest[name.endIndex...]
    return String(name)
  }

  private mutating func text(until end: Character) throws -> String {
    var result = ""
    while let character = rest.first, character != end {
      if character == "<" { throw Fault(description: "< in an attribute") }
      if character != "&" {
        result.append(rest.removeFirst())
        continue
      }
      guard let semicolon = rest.firstIndex(of: ";") else { throw Fault(description: "a bare &") }
      let reference = rest[rest.index(after: rest.startIndex)..<semicolon]
      let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\""]
      if let character = named[String(reference)] {
        result += character
      } else if reference.hasPrefix("#"), let number = UInt32(reference.dropFirst()),
        let scalar = Unicode.Scalar(number)
      {
        result.unicodeScalars.append(scalar)
      } else {
        throw Fault(description: "&\(reference);")
      }
      rest = rest[rest.index(after: semicolon)...]
    }
    return result
  }

  private mutating func take(_ text: String) throws {
    guard rest.hasPrefix(text) else {
      throw Fault(description: "expected \(text), found \(rest.prefix(20))")
    }
    rest.removeFirst(text.count)
  }
}
