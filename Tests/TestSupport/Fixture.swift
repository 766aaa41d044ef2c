#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files under `Fixtures/` and `Scenarios/`, read without Foundation.
public enum Fixture {
  /// The repository's root folder, found from this source file.
  public static var root: String {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }

  /// The bytes of a file, its path relative to the repository's root.
  public static func bytes(_ path: String) throws -> [UInt8] {
    guard let bytes = absolute(root + "/" + path) else { throw FixtureError(path: path) }
    return bytes
  }

  /// Whether there is a file at an absolute path.
  public static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// The bytes of a file at an absolute path, or nil.
  public static func absolute(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      result.append(contentsOf: chunk[..<count])
    }
    return result
  }

  /// The text of a file, its path relative to the repository's root.
  public static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// The sorted names of a folder's entries, its path relative to the repository's root.
  public static func list(_ path: String) throws -> [String] {
    guard let directory = opendir(root + "/" + path) else { throw FixtureError(path: path) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// A fixture that is not there.
public struct FixtureError: Error, CustomStringConvertible {
  /// The path that was asked for, relative to the repository's root.
  public let path: String

  /// One line for a test's failure.
  public var description: String { "no such fixture: \(path)" }
}
