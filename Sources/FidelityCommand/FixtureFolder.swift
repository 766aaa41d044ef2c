import Files

/// A folder of fixtures: lists and reads files.
struct FixtureFolder {
  let path: String

  /// The sorted names of the JSON files in a subfolder, none if it is not there.
  func files(_ subfolder: String) -> [String] {
    (FileReader.names("\(path)/\(subfolder)") ?? []).filter { $0.hasSuffix(".json") }
  }

  /// The text of a file, nil if it cannot be read.
  func text(_ name: String) -> String? {
    FileReader.bytes("\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }
}
