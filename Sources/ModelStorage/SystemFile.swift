#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few system calls of a mount, with their errors as `StorageError`.
enum SystemFile {
  static func makeFolder(_ path: String) throws(StorageError) {
    if mkdir(path, 0o755) == 0 { return }
    let reason = errno
    if reason != EEXIST { throw error(reason, "make the folder", path) }
  }

  /// Makes a file for writing; nil when there is one of this name.
  static func createNew(_ path: String) throws(StorageError) -> Int32? {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if file >= 0 { return file }
    let reason = errno
    if reason == EEXIST { return nil }
    throw error(reason, "create", path)
  }

  /// Marks an open file as held by this process; a mount that knows no locks is as good as one.
  static func lock(_ file: Int32) { _ = flock(file, LOCK_EX | LOCK_NB) }

  /// Removes a file that nobody holds and that was last written to some time ago.
  static func removeAbandoned(_ path: String, olderThanSeconds age: Int64) -> Bool {
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var status = stat()
    // The mount's own clock wrote the time of the file; a difference of clocks only delays.
    guard fstat(file, &status) == 0, Int64(time(nil)) - modified(status) >= age,
      flock(file, LOCK_EX | LOCK_NB) == 0
    else { return false }
    return unlink(path) == 0
  }

  private static func modified(_ status: stat) -> Int64 {
    #if canImport(Glibc)
      Int64(status.st_mtim.tv_sec)
    #else
      Int64(status.st_mtimespec.tv_sec)
    #endif
  }

  static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(StorageError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer -> Int in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
        #if canImport(Glibc)
          return Glibc.write(file, rest.baseAddress, rest.count)
        #else
          return Darwin.write(file, rest.baseAddress, rest.count)
        #endif
      }
      if count < 0 {
        let reason = errno
        if reason == EINTR { continue }
        throw error(reason, "write", path)
      }
      done += count
    }
  }

  static func sync(_ file: Int32, path: String) throws(StorageError) {
    if fsync(file) != 0 { throw error(errno, "sync", path) }
  }

  /// Renames, then syncs the target's folder, so that the name survives a crash as well.
  static func rename(_ path: String, to target: String) throws(StorageError) {
    #if canImport(Glibc)
      let result = Glibc.rename(path, target)
    #else
      let result = Darwin.rename(path, target)
    #endif
    if result != 0 { throw error(errno, "move into place", target) }
    let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let handle = open(folder.joined(separator: "/"), O_RDONLY | O_CLOEXEC)
    if handle < 0 { return }
    fsync(handle)
    close(handle)
  }

  static func read(_ path: String) throws(StorageError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw error(errno, "open", path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(file, &chunk, chunk.count)
      #else
        let count = Darwin.read(file, &chunk, chunk.count)
      #endif
      if count < 0 {
        let reason = errno
        if reason == EINTR { continue }
        throw error(reason, "read", path)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Sorted names of the files, or of the folders, in a folder; none where it is missing.
  static func names(in folder: String, folders: Bool) throws(StorageError) -> [String] {
    guard let directory = opendir(folder) else {
      let reason = errno
      if reason == ENOENT { return [] }
      throw error(reason, "list", folder)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0 else { continue }
      let kind = status.st_mode & S_IFMT
      if kind == (folders ? S_IFDIR : S_IFREG) { names.append(name) }
    }
    return names.sorted()
  }

  static func remove(_ path: String) throws(StorageError) {
    if unlink(path) != 0 { throw error(errno, "remove", path) }
  }

  private static func error(_ reason: Int32, _ action: String, _ path: String) -> StorageError {
    let text = String(cString: strerror(reason))
    let code: StorageError.Code
    switch reason {
    case ENOENT: code = .missing
    case ENOSPC, EDQUOT: code = .full
    default: code = .failed
    }
    return StorageError(code: code, message: "cannot \(action) \(path): \(text)")
  }
}
