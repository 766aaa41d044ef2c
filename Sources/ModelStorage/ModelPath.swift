/// Where a model or a set of evaluation data is on a mount: `<application>/<file>`.
public struct ModelPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The application's folder.
  public let application: String
  /// The bare file name.
  public let file: String

  /// Checks both names, as the wire contract wants before anything is written.
  /// - Throws: `StorageError` of code `invalidPath` for a name that is empty, longer than 255
  ///   bytes, `.`, contains `/`, `..` or a zero byte, or an application that starts with a dot.
  public init(application: String, file: String) throws(StorageError) {
    try Self.check(application, what: "application")
    try Self.check(file, what: "file name")
    if application.utf8.first == UInt8(ascii: ".") {
      throw StorageError(
        code: .invalidPath, message: "the application \"\(application)\" starts with a dot")
    }
    self.application = application
    self.file = file
  }

  /// `<application>/<file>`.
  public var description: String { "\(application)/\(file)" }

  /// By application, then by file.
  public static func < (left: ModelPath, right: ModelPath) -> Bool {
    (left.application, left.file) < (right.application, right.file)
  }

  static func check(_ name: String, what: String) throws(StorageError) {
    let expected = "expected a bare name of 1 to 255 bytes without / and .."
    let bytes = Array(name.utf8)
    let twoDots = zip(bytes, bytes.dropFirst()).contains {
      $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".")
    }
    if bytes.isEmpty || bytes.count > 255 || name == "." || twoDots
      || bytes.contains(UInt8(ascii: "/")) || bytes.contains(0)
    {
      throw StorageError(
        code: .invalidPath, message: "the \(what) \"\(name)\" is not allowed: \(expected)")
    }
  }
}

/// A file as it was read: its place and its bytes.
public struct ModelFile: Sendable, Equatable {
  /// Where it was read.
  public var path: ModelPath
  /// Everything in it.
  public var bytes: [UInt8]

  /// A file that was read.
  public init(path: ModelPath, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}
