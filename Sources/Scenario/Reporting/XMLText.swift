/// Text as it stands in XML and HTML.
enum XMLText {
  /// The text for content and for attributes in double quotes.
  ///
  /// Characters that XML 1.0 does not allow become U+FFFD; line ends and tabs become references, which
  /// an attribute keeps.
  static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n" where keepsLines: result += "\n"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case _ where isAllowed(scalar): result.unicodeScalars.append(scalar)
      default: result += "\u{fffd}"
      }
    }
    return result
  }

  /// XML 1.0, section 2.2.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0xfffe && scalar.value != 0xffff
  }
}
