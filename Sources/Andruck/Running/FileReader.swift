#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads files from disk, for those who give no reader of their own.
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
}
