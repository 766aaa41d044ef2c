#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is there with all its bytes or as it was before.
struct WholeFile {
  private let path: String

  /// A name beside the file's own, of this process alone.
  private var temporaryPath: String { "\(path).\(getpid()).partial" }

  /// - Throws: `UsageError` if the file cannot be written, before anything is.
  init(_ path: String) throws {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw UsageError(message: "\(path): cannot be written: it is a folder")
    }
    try write([], into: temporaryPath)
    unlink(temporaryPath)
  }

  /// Puts the bytes in the place of what the file was.
  ///
  /// - Throws: `UsageError` if that fails; the file is as it was then.
  func write(_ bytes: [UInt8]) throws {
    var status = stat()
    // A pipe or a terminal cannot be replaced.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try write(bytes, into: path)
    }
    do {
      try write(bytes, into: temporaryPath)
    } catch {
      unlink(temporaryPath)
      throw error
    }
    if rename(temporaryPath, path) != 0 {
      let reason = String(cString: strerror(errno))
      unlink(temporaryPath)
      throw UsageError(message: "\(path): cannot be written: \(reason)")
    }
  }

  private func write(_ bytes: [UInt8], into place: String) throws {
    guard let file = fopen(place, "wb") else {
      throw UsageError(message: "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    let count = fwrite(bytes, 1, bytes.count, file)
    if fclose(file) != 0 || count != bytes.count {
      throw UsageError(message: "\(path): not everything could be written")
    }
  }
}
