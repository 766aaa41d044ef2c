import ModelStorage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The mounts that must behave alike.
enum MountKind: String, CaseIterable, Sendable {
  case memory
  case directory

  func make(in folder: TemporaryFolder) -> any ModelMount {
    switch self {
    case .memory: InMemoryModelMount()
    case .directory: DirectoryModelMount(folder: folder.path)
    }
  }
}

@Suite struct `A model mount` {
  let digits: ModelPath
  let folder: TemporaryFolder

  init() throws {
    digits = try ModelPath(application: "digits", file: "a.model")
    folder = try TemporaryFolder("mount")
  }

  @Test(arguments: MountKind.allCases)
  func `an upload is visible only once it is committed`(kind: MountKind) throws {
    let mount = kind.make(in: folder)
    let upload = try mount.beginUpload(digits).result.get()
    try upload.append([1, 2]).result.get()
    #expect(throws: StorageError.self) { try mount.read(digits).result.get() }
    #expect(try mount.list(application: "digits").result.get().isEmpty)
    try upload.append([3]).result.get()
    try upload.commit().result.get()
    #expect(try mount.read(digits).result.get().bytes == [1, 2, 3])
    #expect(try mount.list(application: "digits").result.get() == [digits])
    #expect(try mount.listApplications().result.get() == ["digits"])
  }

  @Test(arguments: MountKind.allCases)
  func `an aborted or dropped upload leaves the old file`(kind: MountKind) throws {
    let mount = kind.make(in: folder)
    try mount.write(digits, [1]).result.get()
    let aborted = try mount.beginUpload(digits).result.get()
    try aborted.append([9, 9]).result.get()
    aborted.abort()
    #expect(throws: StorageError.self) { try aborted.commit().result.get() }
    _ = try mount.beginUpload(digits).result.get().append([8])
    #expect(try mount.read(digits).result.get().bytes == [1])
  }

  @Test(arguments: MountKind.allCases)
  func `files are replaced, listed in order and removed`(kind: MountKind) throws {
    let mount = kind.make(in: folder)
    for file in ["c", "a", "b"] {
      try mount.write(ModelPath(application: "digits", file: file), [0]).result.get()
    }
    let names = try mount.list(application: "digits").result.get().map(\.file)
    #expect(names == ["a", "b", "c"])
    let path = try ModelPath(application: "digits", file: "a")
    try mount.write(path, [7]).result.get()
    #expect(try mount.read(path).result.get().bytes == [7])
    try mount.remove(path).result.get()
    #expect {
      try mount.remove(path).result.get()
    } throws: {
      ($0 as? StorageError)?.code == .missing
    }
  }

  @Test(arguments: ["", ".", "..", "a/b", "/etc", "../x", "a..b", "a\0b"])
  func `a name that could leave the folder is refused`(name: String) {
    #expect(throws: StorageError.self) { try ModelPath(application: "digits", file: name) }
    #expect(throws: StorageError.self) { try ModelPath(application: name, file: "a.model") }
  }

  @Test func `a folder's unfinished upload leaves no file behind`() throws {
    let mount = DirectoryModelMount(folder: folder.path)
    let upload = try mount.beginUpload(digits).result.get()
    try upload.append([1]).result.get()
    upload.abort()
    let leftovers = try #require(opendir(folder.path + "/.uploads"))
    defer { closedir(leftovers) }
    var count = 0
    while readdir(leftovers) != nil { count += 1 }
    #expect(count == 2, "only . and ..")
  }
}

@Suite struct `A mount with faults` {
  let digits: ModelPath
  let shared: SharedModelMount
  let bytes = [UInt8](repeating: 5, count: 1_000)

  init() throws {
    digits = try ModelPath(application: "digits", file: "a.model")
    let mount = InMemoryModelMount()
    try mount.write(digits, bytes).result.get()
    shared = SharedModelMount(mount)
  }

  @Test func `a mount that is missing on one node works on the other`() throws {
    shared.faults.notMountedNodes = ["node-1"]
    #expect {
      try shared.view(node: "node-1").read(digits).result.get()
    } throws: {
      ($0 as? StorageError)?.code == .notMounted
    }
    #expect(try shared.view(node: "node-2").read(digits).result.get().bytes == bytes)
  }

  @Test func `a corrupt file reads otherwise, and alike each time`() throws {
    let view = shared.view(node: "node-1")
    shared.faults.files[digits] = .corrupt(seed: 7)
    let first = try view.read(digits).result.get().bytes
    #expect(first != bytes && first.count == bytes.count)
    #expect(try view.read(digits).result.get().bytes == first)
    shared.faults.files[digits] = .corrupt(seed: 8)
    #expect(try view.read(digits).result.get().bytes != first)
  }

  @Test func `a truncated file is shorter and a missing one is not there`() throws {
    let view = shared.view(node: "node-1")
    shared.faults.files[digits] = .truncated(byteCount: 3)
    #expect(try view.read(digits).result.get().bytes == [5, 5, 5])
    shared.faults.files[digits] = .missing
    #expect(throws: StorageError.self) { try view.read(digits).result.get() }
    #expect(try view.list(application: "digits").result.get().isEmpty)
  }

  @Test func `a full mount refuses the upload and keeps the old file`() throws {
    let view = shared.view(node: "node-1")
    shared.faults.freeBytes = 10
    #expect {
      try view.write(digits, [UInt8](repeating: 1, count: 11)).result.get()
    } throws: {
      ($0 as? StorageError)?.code == .full
    }
    #expect(try view.read(digits).result.get().bytes == bytes)
    try view.write(digits, [UInt8](repeating: 1, count: 10)).result.get()
    #expect(shared.faults.freeBytes == 0)
  }

  @Test func `a slow mount answers with its delay`() {
    shared.faults.delay = .milliseconds(2)
    shared.faults.bytesPerSecond = 500
    #expect(shared.view(node: "node-1").read(digits).delay == .milliseconds(2_002))
  }
}
