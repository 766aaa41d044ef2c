import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A mount that is a folder of the machine, for real servers.
///
/// Uploads are written under `.uploads` in the same folder, synced, and renamed into place, so
/// that neither a crash nor a reader ever meets half a file.
public final class DirectoryModelMount: ModelMount {
  static let uploadsFolder = ".uploads"
  private static let uploadNumber = Atomic(0)

  /// The folder, without a slash at its end.
  public let folder: String

  /// A mount on a folder; missing folders below it are made when they are needed.
  public init(folder: String) {
    var folder = folder
    while folder.utf8.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = folder
  }

  /// The path of a file on the machine.
  public func systemPath(_ path: ModelPath) -> String { "\(folder)/\(path)" }

  /// Starts an upload, of which nothing is visible until it commits.
  public func beginUpload(_ path: ModelPath) -> StorageOutcome<any ModelUpload> {
    do {
      for name in ["", "/" + Self.uploadsFolder, "/" + path.application] {
        try SystemFile.makeFolder(folder + name)
      }
      let (file, temporary) = try createTemporary()
      return .success(
        DirectoryModelUpload(file: file, temporary: temporary, target: systemPath(path)))
    } catch {
      return StorageOutcome(.failure(error))
    }
  }

  /// A new file under a name that no other mount, process or machine uses on this folder.
  private func createTemporary() throws(StorageError) -> (file: Int32, path: String) {
    while true {
      let number = Self.uploadNumber.add(1, ordering: .relaxed).newValue
      let path = "\(folder)/\(Self.uploadsFolder)/\(getpid())-\(number)"
      if let file = try SystemFile.createNew(path) {
        SystemFile.lock(file)
        return (file, path)
      }
    }
  }

  /// Removes what uploads left that were cut off by the end of their process, and returns how many.
  ///
  /// An upload is left alone while its process holds it, on this machine or, where the mount knows
  /// locks, on another, and for a while after its last byte in any case. Errors are passed over:
  /// the next start tries again.
  @discardableResult
  public func removeAbandonedUploads(olderThanSeconds age: Int64) -> Int {
    let uploads = "\(folder)/\(Self.uploadsFolder)"
    guard let names = try? SystemFile.names(in: uploads, folders: false) else { return 0 }
    return names.count { SystemFile.removeAbandoned("\(uploads)/\($0)", olderThanSeconds: age) }
  }

  /// Reads a whole file.
  public func read(_ path: ModelPath) -> StorageOutcome<ModelFile> {
    do {
      let bytes = try SystemFile.read(systemPath(path))
      return .success(ModelFile(path: path, bytes: bytes))
    } catch {
      return StorageOutcome(.failure(error))
    }
  }

  /// The files of an application in order; none for an application without a folder.
  public func list(application: String) -> StorageOutcome<[ModelPath]> {
    do {
      // The name is checked by making a path of it: `list` must not leave the folder either.
      _ = try ModelPath(application: application, file: "probe")
      let names = try SystemFile.names(in: "\(folder)/\(application)", folders: false)
      var paths: [ModelPath] = []
      for name in names {
        // A name that somebody else put there and that no upload could have is not listed.
        if let path = try? ModelPath(application: application, file: name) { paths.append(path) }
      }
      return .success(paths)
    } catch {
      return StorageOutcome(.failure(error))
    }
  }

  /// The applications that have a folder, in order.
  public func listApplications() -> StorageOutcome<[String]> {
    do {
      let names = try SystemFile.names(in: folder, folders: true)
      return .success(names.filter { (try? ModelPath(application: $0, file: "probe")) != nil })
    } catch {
      return StorageOutcome(.failure(error))
    }
  }

  /// Removes a file; `missing` where there is none.
  public func remove(_ path: ModelPath) -> StorageOutcome<Void> {
    do {
      try SystemFile.remove(systemPath(path))
      return .success(())
    } catch {
      return StorageOutcome(.failure(error))
    }
  }
}

private final class DirectoryModelUpload: ModelUpload {
  private enum State {
    case open(Int32)
    case ended
  }

  private let temporary: String
  private let target: String
  private var state: State

  init(file: Int32, temporary: String, target: String) {
    self.temporary = temporary
    self.target = target
    state = .open(file)
  }

  deinit { abort() }

  func append(_ bytes: [UInt8]) -> StorageOutcome<Void> {
    guard case .open(let file) = state else { return ended }
    do {
      try SystemFile.write(bytes, to: file, path: temporary)
      return .success(())
    } catch {
      return StorageOutcome(.failure(error))
    }
  }

  func commit() -> StorageOutcome<Void> {
    guard case .open(let file) = state else { return ended }
    do {
      try SystemFile.sync(file, path: temporary)
      close(file)
      state = .ended
      try SystemFile.rename(temporary, to: target)
      return .success(())
    } catch {
      abort()
      unlink(temporary)
      return StorageOutcome(.failure(error))
    }
  }

  func abort() {
    guard case .open(let file) = state else { return }
    state = .ended
    close(file)
    unlink(temporary)
  }

  private var ended: StorageOutcome<Void> {
    .failure(.uploadEnded, "the upload of \(target) has ended")
  }
}
