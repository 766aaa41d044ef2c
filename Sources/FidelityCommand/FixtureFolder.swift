#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder of fixtures: lists and reads files.
struct FixtureFolder {
  let path: String

  /// The sorted names of the JSON files in a subfolder, none if it is not there.
  func files(_ subfolder: String) -> [String] {
    guard let directory = opendir("\(path)/\(subfolder)") else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".json") { names.append(name) }
    }
    return names.sorted()
  }

  /// The text of a file, nil if it cannot be read.
  func text(_ name: String) -> String? {
    guard let file = fopen("\(path)/\(name)", "rb") else { return nil }
    defer { fclose(file) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      result.append(contentsOf: chunk[..<count])
    }
    return String(decoding: result, as: UTF8.self)
  }
}
