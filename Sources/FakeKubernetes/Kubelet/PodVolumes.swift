import JSON
import KubernetesAPI
import SimulationKernel

/// The mounts of one pod, tried again and again until they are there.
///
/// A volume that fails is tried again after 0.5 s, then 1, 2, 4 … 122 s
/// (`pkg/volume/util/nestedpendingoperations`). A sync waits for all of them by looking every 0.3 s,
/// and gives up after 2 min 3 s, while the tries go on (`pkg/kubelet/volumemanager`).
final class PodVolumes {
  private struct Mount {
    var volume: Volume
    var isMounted = false
    var delay: Int64 = 0
  }

  private let simulation: Simulation
  private let fileSystem: HostFileSystem
  private let timings: KubeletTimings
  private var mounts: [Mount]
  private var hasBegun = false
  private var isStopped = false
  /// Ends the wait, if nothing else does.
  private var impatience: SimulationTimer?
  private var waiter: (began: Int64, completion: (Bool) -> Void)?
  /// Looks up an object that a volume shows; nil: it is there.
  private let missingSource: (Volume) -> String?
  private let event: (KubeletEvent) -> Void

  private static let firstDelay: Int64 = 500_000_000
  private static let lastDelay: Int64 = 122_000_000_000
  private static let poll: Int64 = 300_000_000
  /// `volume_manager.go` podAttachAndMountTimeout.
  private static let patience = Duration.seconds(123)

  init(
    simulation: Simulation, fileSystem: HostFileSystem, timings: KubeletTimings,
    volumes: [Volume], missingSource: @escaping (Volume) -> String?,
    event: @escaping (KubeletEvent) -> Void
  ) {
    self.simulation = simulation
    self.fileSystem = fileSystem
    self.timings = timings
    mounts = volumes.map { Mount(volume: $0) }
    self.missingSource = missingSource
    self.event = event
  }

  /// Calls back with true when all volumes are mounted, at once if they are; with false after too
  /// long a time.
  func whenMounted(_ completion: @escaping (_ areMounted: Bool) -> Void) {
    if hasBegun && mounts.allSatisfy(\.isMounted) { return completion(true) }
    waiter = (simulation.now.nanoseconds, completion)
    if !mounts.isEmpty {
      impatience = simulation.schedule(after: Self.patience) { [weak self] in
        guard let self, let waiter else { return }
        self.waiter = nil
        waiter.completion(false)
      }
    }
    if hasBegun { return }
    hasBegun = true
    simulation.schedule(after: timings.mount) { [weak self] in
      guard let self else { return }
      if mounts.isEmpty { return mounted() }
      for index in mounts.indices { attempt(index) }
    }
  }

  /// The pod is going: nobody waits any longer and nothing more is tried.
  func cancel() {
    isStopped = true
    waiter = nil
    impatience?.cancel()
  }

  private func attempt(_ index: Int) {
    if isStopped { return }
    guard let failure = failure(mounts[index].volume) else {
      mounts[index].isMounted = true
      if mounts.allSatisfy(\.isMounted) { mounted() }
      return
    }
    let name = mounts[index].volume.name
    event(
      .warning("FailedMount", "MountVolume.SetUp failed for volume \"\(name)\" : \(failure)"))
    let delay =
      mounts[index].delay == 0 ? Self.firstDelay : min(mounts[index].delay * 2, Self.lastDelay)
    mounts[index].delay = delay
    simulation.schedule(afterNanoseconds: delay + 10_000_000) { [weak self] in
      self?.attempt(index)
    }
  }

  private func mounted() {
    guard let waiter, !isStopped else { return }
    self.waiter = nil
    impatience?.cancel()
    let waited = simulation.now.nanoseconds - waiter.began
    let rest = mounts.isEmpty ? 0 : (Self.poll - waited % Self.poll) % Self.poll
    simulation.schedule(afterNanoseconds: rest) { [weak self] in
      if self?.isStopped == false { waiter.completion(true) }
    }
  }

  /// Why a volume cannot be mounted now; nil: it can.
  private func failure(_ volume: Volume) -> String? {
    guard let path = volume.hostPath else { return missingSource(volume) }
    let found = fileSystem[path]
    switch volume.source["hostPath"]?["type"]?.stringValue ?? "" {
    case "Directory":
      return found == .directory ? nil : "hostPath type check failed: \(path) is not a directory"
    case "File":
      return found == .file ? nil : "hostPath type check failed: \(path) is not a file"
    case "DirectoryOrCreate":
      if found == nil { fileSystem.makeDirectories(path) }
      return fileSystem[path] == .directory
        ? nil : "hostPath type check failed: \(path) is not a directory"
    case "FileOrCreate":
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      if found == nil && !folder.isEmpty && fileSystem[folder] != .directory {
        return "open \(path): no such file or directory"
      }
      if found == nil { fileSystem[path] = .file }
      return fileSystem[path] == .file
        ? nil : "hostPath type check failed: \(path) is not a file"
    case "":
      // Untyped: nothing is checked; the runtime makes a directory where nothing is.
      if found == nil { fileSystem.makeDirectories(path) }
      return nil
    case "Socket": return "hostPath type check failed: \(path) is not a socket file"
    case "CharDevice": return "hostPath type check failed: \(path) is not a character device"
    case "BlockDevice": return "hostPath type check failed: \(path) is not a block device"
    case let type: return "\(type) is an invalid volume type"
    }
  }
}
