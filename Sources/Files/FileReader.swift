#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads files and folders from disk; who runs in a simulation is given a reader instead.
public enum FileReader {
  /// The bytes of a file, nil if it cannot be read; a relative path counts from the folder in which
  /// the program runs, of `swift test` the package's.
  public static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      // A folder can be opened, and not be read.
      if count == 0 { return ferror(file) == 0 ? bytes : nil }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// The sorted names of what is in a folder, nil if it cannot be read.
  public static func names(_ folder: String) -> [String]? {
    guard let directory = opendir(folder) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
