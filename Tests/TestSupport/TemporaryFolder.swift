#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A new folder of the machine that goes with this object, whatever was left in it.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  private struct NoFolder: Error {}

  /// Makes a folder whose name begins with `andruck-` and `name`.
  public init(_ name: String = "test") throws {
    var template = Array("/tmp/andruck-\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoFolder() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    // A link goes, not what it leads to.
    if unlink(path) == 0 { return }
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { remove(path + "/" + name) }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
