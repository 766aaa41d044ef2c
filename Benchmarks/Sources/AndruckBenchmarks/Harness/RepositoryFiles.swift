import Andruck
import Glibc

/// The repository's files.
enum RepositoryFiles {
  static let root = #filePath.split(separator: "/").dropLast(5).reduce("") { $0 + "/" + $1 }

  /// The bytes of a file that must be there, its path relative to the repository's root.
  static func required(_ path: String) throws -> [UInt8] {
    guard let bytes = FileReader.bytes(root + "/" + path) else {
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
