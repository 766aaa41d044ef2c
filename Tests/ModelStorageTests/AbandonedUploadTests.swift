import ModelStorage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct AbandonedUploadTests {
  private let temporary: TemporaryFolder
  private let mount: DirectoryModelMount
  private let path: ModelPath

  init() throws {
    temporary = try TemporaryFolder("uploads")
    mount = DirectoryModelMount(folder: temporary.path)
    path = try ModelPath(application: "digits", file: "a.model")
  }

  private var folder: String { temporary.path }

  /// A file as a killed process leaves it: of nobody, last written to some time ago.
  private func leaveBehind(_ name: String, secondsAgo: Int) throws {
    mkdir(folder + "/.uploads", 0o755)
    let file = "\(folder)/.uploads/\(name)"
    let stream = try #require(fopen(file, "w"))
    fputs("half a model", stream)
    fclose(stream)
    age(file, secondsAgo)
  }

  private func age(_ file: String, _ seconds: Int) {
    let then = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
    utimes(file, [then, then])
  }

  @Test func `what a killed process left is removed once it is old enough`() throws {
    try leaveBehind("1-1", secondsAgo: 7_200)
    try leaveBehind("2-1", secondsAgo: 60)
    #expect(mount.removeAbandonedUploads(olderThanSeconds: 3_600) == 1)
    #expect(access(folder + "/.uploads/1-1", F_OK) != 0)
    #expect(access(folder + "/.uploads/2-1", F_OK) == 0)
    #expect(mount.removeAbandonedUploads(olderThanSeconds: 3_600) == 0)
    #expect(mount.removeAbandonedUploads(olderThanSeconds: 30) == 1)
  }

  @Test func `an upload that runs is left alone, however long it has been silent`() throws {
    let upload = try mount.beginUpload(path).result.get()
    _ = upload.append([1, 2, 3])
    try leaveBehind("9-9", secondsAgo: 7_200)
    let directory = try #require(opendir(folder + "/.uploads"))
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.first != "." { age("\(folder)/.uploads/\(name)", 100_000) }
    }
    // Another server of the same mount starts.
    let other = DirectoryModelMount(folder: folder)
    #expect(other.removeAbandonedUploads(olderThanSeconds: 3_600) == 1)
    _ = upload.append([4])
    try upload.commit().result.get()
    #expect(try mount.read(path).result.get().bytes == [1, 2, 3, 4])
  }

  @Test func `a mount without uploads has nothing to remove`() {
    #expect(mount.removeAbandonedUploads(olderThanSeconds: 0) == 0)
  }
}
