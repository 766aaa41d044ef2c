/// A mount in memory, which is what a simulated world shares between its pods.
public final class InMemoryModelMount: ModelMount {
  fileprivate var files: [ModelPath: [UInt8]] = [:]

  /// An empty mount.
  public init() {}

  /// Starts an upload, of which nothing is visible until it commits.
  public func beginUpload(_ path: ModelPath) -> StorageOutcome<any ModelUpload> {
    .success(InMemoryModelUpload(path, mount: self))
  }

  /// Reads a whole file.
  public func read(_ path: ModelPath) -> StorageOutcome<ModelFile> {
    guard let bytes = files[path] else { return .failure(.missing, "no such file: \(path)") }
    return .success(ModelFile(path: path, bytes: bytes))
  }

  /// The files of an application in order; none for an application without a folder.
  public func list(application: String) -> StorageOutcome<[ModelPath]> {
    .success(files.keys.filter { $0.application == application }.sorted())
  }

  /// The applications that have a file, in order.
  public func listApplications() -> StorageOutcome<[String]> {
    .success(Set(files.keys.map(\.application)).sorted())
  }

  /// Removes a file; `missing` where there is none.
  public func remove(_ path: ModelPath) -> StorageOutcome<Void> {
    guard files.removeValue(forKey: path) != nil else {
      return .failure(.missing, "no such file: \(path)")
    }
    return .success(())
  }
}

private final class InMemoryModelUpload: ModelUpload {
  private enum State {
    case open([UInt8])
    case ended
  }

  private let path: ModelPath
  private let mount: InMemoryModelMount
  private var state = State.open([])

  init(_ path: ModelPath, mount: InMemoryModelMount) {
    self.path = path
    self.mount = mount
  }

  func append(_ bytes: [UInt8]) -> StorageOutcome<Void> {
    guard case .open(var written) = state else { return ended }
    state = .ended
    written.append(contentsOf: bytes)
    state = .open(written)
    return .success(())
  }

  func commit() -> StorageOutcome<Void> {
    guard case .open(let written) = state else { return ended }
    state = .ended
    mount.files[path] = written
    return .success(())
  }

  func abort() { state = .ended }

  private var ended: StorageOutcome<Void> {
    .failure(.uploadEnded, "the upload of \(path) has ended")
  }
}
