/// Reads YAML text into a tree of nodes.
public enum YAMLDocument {
  /// Parses the one document that the text holds.
  ///
  /// Text without a document is a null scalar at 1:1. Anchors and aliases work within
  /// `YAMLLimits.expandedNodesMax`; `<<` is a key like any other, as in YAML 1.2.
  /// - Parameters:
  ///   - text: the document.
  ///   - file: the name that errors print.
  ///   - limits: what the document may cost.
  /// - Throws: `YAMLError` for text that is no YAML, a second document, a key used twice, a key
  ///   that is no scalar, a tag outside the core schema, an unknown alias, or a limit passed.
  public static func parse(
    _ text: String, file: String = "<text>", limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> YAMLNode {
    try parse(bytes: Array(text.utf8), file: file, limits: limits)
  }

  /// Parses the one document in bytes that should be UTF-8; see `parse(_:file:limits:)`.
  public static func parse(
    bytes: [UInt8], file: String = "<text>", limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> YAMLNode {
    let events = try EventReader(bytes: bytes, file: file)
    var composer = Composer(events: events, file: file, limits: limits)
    return try composer.document()
  }
}
