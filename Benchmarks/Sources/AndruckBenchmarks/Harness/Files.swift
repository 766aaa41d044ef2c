import Glibc

/// The repository's files.
enum Files {
  static let root = #filePath.split(separator: "/").dropLast(5).reduce("") { $0 + "/" + $1 }

  /// The bytes of a file; nil if it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// The bytes of a file that must be there, its path relative to the repository's root.
  static func required(_ path: String) throws -> [UInt8] {
    guard let bytes = read(root + "/" + path) else {
      throw BenchmarkError("\(path) cannot be read")
    }
    return bytes
  }

  static func write(_ path: String, _ text: String) throws {
    guard let file = fopen(path, "wb") else { throw BenchmarkError("\(path) cannot be written") }
    let bytes = Array(text.utf8)
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else {
      throw BenchmarkError("\(path) cannot be written")
    }
  }
}
