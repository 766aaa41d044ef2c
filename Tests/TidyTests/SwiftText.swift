/// Tells Swift code from comments and string literals, without a parser.
enum SwiftText {
  /// The code alone: comments and literal text become spaces, line feeds stay.
  ///
  /// What stands in `\( )` inside a literal is code.
  static func code(of text: String) -> String {
    var scanner = Scanner(bytes: Array(text.utf8))
    scanner.scanCode(untilClosingParenthesis: false)
    return String(decoding: scanner.output, as: UTF8.self)
  }

  private struct Scanner {
    let bytes: [UInt8]
    var index = 0
    var output: [UInt8] = []

    init(bytes: [UInt8]) {
      self.bytes = bytes
      output.reserveCapacity(bytes.count)
    }

    mutating func scanCode(untilClosingParenthesis: Bool) {
      var depth = 0
      while index < bytes.count {
        if at("//") {
          while index < bytes.count && bytes[index] != UInt8(ascii: "\n") { blank(1) }
        } else if at("/*") {
          scanBlockComment()
        } else if let hashes = literalStart() {
          scanLiteral(hashes: hashes)
        } else {
          let byte = bytes[index]
          if byte == UInt8(ascii: "(") { depth += 1 }
          if byte == UInt8(ascii: ")") {
            if depth == 0 && untilClosingParenthesis { return }
            depth -= 1
          }
          output.append(byte)
          index += 1
        }
      }
    }

    private mutating func scanBlockComment() {
      blank(2)
      var depth = 1
      while index < bytes.count && depth > 0 {
        if at("/*") {
          depth += 1
          blank(2)
        } else if at("*/") {
          depth -= 1
          blank(2)
        } else {
          blank(1)
        }
      }
    }

    /// The number of `#` before the quotation mark, when a literal begins here.
    private func literalStart() -> Int? {
      var end = index
      while end < bytes.count && bytes[end] == UInt8(ascii: "#") { end += 1 }
      return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - index : nil
    }

    private mutating func scanLiteral(hashes: Int) {
      let marks = String(repeating: "#", count: hashes)
      blank(hashes)
      let quote = at("\"\"\"") ? "\"\"\"" : "\""
      blank(quote.utf8.count)
      let end = quote + marks
      let escape = "\\" + marks
      while index < bytes.count {
        if at(end) {
          blank(end.utf8.count)
          return
        }
        if at(escape + "(") {
          blank(escape.utf8.count + 1)
          scanCode(untilClosingParenthesis: true)
          if index < bytes.count { blank(1) }
        } else if at(escape) {
          blank(escape.utf8.count + 1)
        } else if quote.utf8.count == 1 && bytes[index] == UInt8(ascii: "\n") {
          return
        } else {
          blank(1)
        }
      }
    }

    private func at(_ text: String) -> Bool {
      var position = index
      for byte in text.utf8 {
        guard position < bytes.count && bytes[position] == byte else { return false }
        position += 1
      }
      return true
    }

    private mutating func blank(_ count: Int) {
      for _ in 0..<count where index < bytes.count {
        output.append(bytes[index] == UInt8(ascii: "\n") ? bytes[index] : UInt8(ascii: " "))
        index += 1
      }
    }
  }
}
