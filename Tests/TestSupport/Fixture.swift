import Files

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
  public static func absolute(_ path: String) -> [UInt8]? { FileReader.bytes(path) }

  /// The text of a file, its path relative to the repository's root.
  public static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// The sorted names of a folder's entries, its path relative to the repository's root.
  public static func list(_ path: String) throws -> [String] {
    guard let names = FileReader.names(root + "/" + path) else { throw FixtureError(path: path) }
    return names
  }
}

/// A fixture that is not there.
public struct FixtureError: Error, CustomStringConvertible {
  /// The path that was asked for, relative to the repository's root.
  public let path: String

  /// One line for a test's failure.
  public var description: String { "no such fixture: \(path)" }
}
