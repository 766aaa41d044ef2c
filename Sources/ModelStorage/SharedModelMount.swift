/// One mount with modelled time and faults, seen from nodes.
public final class SharedModelMount {
  fileprivate let mount: any ModelMount

  /// What is wrong at present.
  public let faults: StorageFaults

  /// Puts faults in front of a mount.
  public init(_ mount: any ModelMount, faults: StorageFaults = StorageFaults()) {
    self.mount = mount
    self.faults = faults
  }

  /// The mount as a node's pods see it.
  public func view(node: String) -> any ModelMount { NodeModelMount(self, node: node) }
}

private final class NodeModelMount: ModelMount {
  private let shared: SharedModelMount
  private let node: String
  private var faults: StorageFaults { shared.faults }

  init(_ shared: SharedModelMount, node: String) {
    self.shared = shared
    self.node = node
  }

  func beginUpload(_ path: ModelPath) -> StorageOutcome<any ModelUpload> {
    if let error = notMounted { return failure(error) }
    let begun = shared.mount.beginUpload(path)
    let result = begun.result.map { upload -> any ModelUpload in
      FaultyModelUpload(upload, path: path, faults: faults) { self.notMounted }
    }
    return StorageOutcome(result, delay: begun.delay + faults.delay)
  }

  func read(_ path: ModelPath) -> StorageOutcome<ModelFile> {
    if let error = notMounted { return failure(error) }
    var outcome = shared.mount.read(path)
    guard case .success(var file) = outcome.result else {
      outcome.delay += faults.delay
      return outcome
    }
    if let fault = faults.files[path] {
      guard let bytes = fault.apply(to: file.bytes) else {
        return failure(StorageError(code: .missing, message: "no such file: \(path)"))
      }
      file.bytes = bytes
    }
    return StorageOutcome(
      .success(file), delay: outcome.delay + faults.delay(ofBytes: file.bytes.count))
  }

  func list(application: String) -> StorageOutcome<[ModelPath]> {
    if let error = notMounted { return failure(error) }
    var outcome = shared.mount.list(application: application)
    outcome.result = outcome.result.map { $0.filter { faults.files[$0] != .missing } }
    outcome.delay += faults.delay
    return outcome
  }

  func listApplications() -> StorageOutcome<[String]> {
    if let error = notMounted { return failure(error) }
    var outcome = shared.mount.listApplications()
    outcome.delay += faults.delay
    return outcome
  }

  func remove(_ path: ModelPath) -> StorageOutcome<Void> {
    if let error = notMounted { return failure(error) }
    var outcome = shared.mount.remove(path)
    outcome.delay += faults.delay
    return outcome
  }

  private var notMounted: StorageError? {
    guard faults.notMountedNodes.contains(node) else { return nil }
    return StorageError(code: .notMounted, message: "the mount is not there on node \(node)")
  }

  private func failure<Value>(_ error: StorageError) -> StorageOutcome<Value> {
    StorageOutcome(.failure(error), delay: faults.delay)
  }
}

private final class FaultyModelUpload: ModelUpload {
  private let upload: any ModelUpload
  private let path: ModelPath
  private let faults: StorageFaults
  private let notMounted: () -> StorageError?
  private var takenBytes = 0
  private var isOpen = true

  init(
    _ upload: any ModelUpload, path: ModelPath, faults: StorageFaults,
    notMounted: @escaping () -> StorageError?
  ) {
    self.upload = upload
    self.path = path
    self.faults = faults
    self.notMounted = notMounted
  }

  deinit { abort() }

  func append(_ bytes: [UInt8]) -> StorageOutcome<Void> {
    if let error = notMounted() { return StorageOutcome(.failure(error), delay: faults.delay) }
    if isOpen, let free = faults.freeBytes {
      guard bytes.count <= free else {
        let message = "no room for \(bytes.count) bytes of \(path): \(free) are free"
        return StorageOutcome(
          .failure(StorageError(code: .full, message: message)), delay: faults.delay)
      }
      faults.freeBytes = free - bytes.count
      takenBytes += bytes.count
    }
    var outcome = upload.append(bytes)
    outcome.delay += faults.delay(ofBytes: bytes.count)
    return outcome
  }

  func commit() -> StorageOutcome<Void> {
    if let error = notMounted() { return StorageOutcome(.failure(error), delay: faults.delay) }
    var outcome = upload.commit()
    if case .success = outcome.result { isOpen = false }
    outcome.delay += faults.delay
    return outcome
  }

  func abort() {
    guard isOpen else { return }
    isOpen = false
    if let free = faults.freeBytes { faults.freeBytes = free + takenBytes }
    upload.abort()
  }
}
