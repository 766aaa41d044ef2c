#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lines that are written to a file or read from it, one after the other.
final class LineFile {
  private let file: UnsafeMutablePointer<FILE>
  private var buffer: UnsafeMutablePointer<CChar>?
  private var capacity = 0
  private var hasFailed = false

  private init(_ file: UnsafeMutablePointer<FILE>) { self.file = file }

  deinit {
    free(buffer)
    fclose(file)
  }

  /// A file without a name, which is gone with this object.
  ///
  /// - Throws: `UsageError` if there is no room for one.
  static func temporary() throws -> LineFile {
    guard let file = tmpfile() else {
      throw UsageError(message: "no temporary file: \(String(cString: strerror(errno)))")
    }
    return LineFile(file)
  }

  /// A file to read; nil if it cannot be opened.
  static func reading(_ path: String) -> LineFile? { fopen(path, "rb").map(LineFile.init) }

  func write(_ line: String) {
    if fputs(line, file) < 0 || fputc(0x0A, file) < 0 { hasFailed = true }
  }

  /// Goes back to the first line, after the last was written.
  ///
  /// - Throws: `UsageError` if something could not be written.
  func rewind() throws {
    if hasFailed || fflush(file) != 0 || fseek(file, 0, SEEK_SET) != 0 {
      throw UsageError(message: "a temporary file could not be written: no room?")
    }
  }

  /// The next line without its end; nil after the last.
  func next() -> [UInt8]? {
    let count = getline(&buffer, &capacity, file)
    guard count > 0, let buffer else { return nil }
    let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
    return Array(bytes.last == 0x0A ? bytes.dropLast() : bytes[...])
  }
}
