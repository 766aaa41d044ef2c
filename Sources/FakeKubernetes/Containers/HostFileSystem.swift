/// The paths of a node that hostPath volumes may name.
///
/// Plain data: a scenario makes mounts appear and vanish; the kubelet looks when it mounts.
package final class HostFileSystem {
  package enum Entry: Hashable, Sendable { case directory, file }

  private var entries: [String: Entry] = [:]
  /// Whether paths that nobody listed count as existing directories.
  package var hasUnlistedPaths: Bool

  package init(hasUnlistedPaths: Bool = false) {
    self.hasUnlistedPaths = hasUnlistedPaths
  }

  /// What is at a path; nil: nothing.
  package subscript(path: String) -> Entry? {
    get { entries[path] ?? (hasUnlistedPaths && !removed.contains(path) ? .directory : nil) }
    set {
      entries[path] = newValue
      if newValue == nil { removed.insert(path) } else { removed.remove(path) }
    }
  }

  private var removed: Set<String> = []

  /// Makes a directory and what is missing above it.
  package func makeDirectories(_ path: String) {
    var folder = Substring(path)
    while !folder.isEmpty, self[String(folder)] == nil {
      self[String(folder)] = .directory
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
  }
}
