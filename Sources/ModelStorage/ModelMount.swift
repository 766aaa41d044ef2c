/// A file system that all pods share, holding models or evaluation data by application.
///
/// What a reader sees is always a complete file: the old one until an upload commits, the new one
/// from then on. Calls return at once; what they cost in time is part of their outcome.
public protocol ModelMount: AnyObject {
  /// Starts an upload, of which nothing is visible until it commits.
  func beginUpload(_ path: ModelPath) -> StorageOutcome<any ModelUpload>

  /// Reads a whole file.
  func read(_ path: ModelPath) -> StorageOutcome<ModelFile>

  /// The files of an application in order; none for an application without a folder.
  func list(application: String) -> StorageOutcome<[ModelPath]>

  /// The applications that have a folder, in order.
  func listApplications() -> StorageOutcome<[String]>

  /// Removes a file; `missing` where there is none.
  func remove(_ path: ModelPath) -> StorageOutcome<Void>
}

/// A file that is being written; dropping it without a commit aborts it.
public protocol ModelUpload: AnyObject {
  /// Adds bytes to the end; after a failure only `abort()` makes sense.
  func append(_ bytes: [UInt8]) -> StorageOutcome<Void>

  /// Makes the file visible in one step, replacing the one that was there.
  func commit() -> StorageOutcome<Void>

  /// Forgets everything that was appended; without effect once committed or aborted.
  func abort()
}

extension ModelMount {
  /// Writes a whole file in one step.
  public func write(_ path: ModelPath, _ bytes: [UInt8]) -> StorageOutcome<Void> {
    let begun = beginUpload(path)
    var delay = begun.delay
    let upload: any ModelUpload
    switch begun.result {
    case .success(let started): upload = started
    case .failure(let error): return StorageOutcome(.failure(error), delay: delay)
    }
    let appended = upload.append(bytes)
    delay += appended.delay
    if case .failure = appended.result {
      upload.abort()
      return StorageOutcome(appended.result, delay: delay)
    }
    let committed = upload.commit()
    return StorageOutcome(committed.result, delay: delay + committed.delay)
  }
}
