#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and standard error, unbuffered.
enum Console {
  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Overwrites the line that the cursor is on.
  static func progress(_ text: String) { write("\r\u{1b}[K" + text, to: STDERR_FILENO) }

  static func exit(_ code: ExitCode) -> Never { Glibc.exit(code.rawValue) }

  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A reader that has gone, such as `head`, wants no more.
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// A file that is written as a run goes on.
final class OutputFile {
  private let path: String
  private let file: UnsafeMutablePointer<FILE>
  private var failed = false

  init(_ path: String) throws {
    guard let file = fopen(path, "wb") else {
      throw UsageError(message: "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.file = file
  }

  func write(_ bytes: [UInt8]) {
    if fwrite(bytes, 1, bytes.count, file) != bytes.count { failed = true }
  }

  /// Ends the file.
  ///
  /// - Throws: `UsageError` if something could not be written.
  func close() throws {
    if fclose(file) != 0 || failed {
      throw UsageError(message: "\(path): not everything could be written")
    }
  }
}
