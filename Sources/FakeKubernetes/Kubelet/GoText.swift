/// Texts as Go's formatting makes them, where messages show it.
enum GoText {
  /// Whole seconds as a duration prints: `59s`, `1m0s`, `1h0m0s`.
  static func duration(seconds: Int64) -> String {
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3600 { return "\(seconds / 60)m\(seconds % 60)s" }
    return "\(seconds / 3600)h\(seconds % 3600 / 60)m\(seconds % 60)s"
  }
}
