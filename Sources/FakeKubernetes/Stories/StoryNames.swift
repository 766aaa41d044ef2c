import JSON
import KubernetesAPI

/// The recordings' names for ReplicaSets and pods: `<app>/<nth>` and `<ReplicaSet>#<nth>`.
final class StoryNames {
  private var replicaSets: [String: String] = [:]
  private var replicaSetsPerApp: [String: Int] = [:]
  private var pods: [String: String] = [:]
  private var podsPerReplicaSet: [String: Int] = [:]
  private var hashes: [String] = []
  /// Longest names first, so that a pod's name is replaced before its ReplicaSet's.
  private var ordered: [(name: String, replacement: String)] = []
  private let namespace: String

  init(namespace: String) { self.namespace = namespace }

  /// Names a ReplicaSet; one that is made again under its old name keeps its place.
  func add(_ replicaSet: ReplicaSet) {
    if replicaSets[replicaSet.metadata.name] != nil { return }
    let app = replicaSet.metadata.labels["app"] ?? replicaSet.metadata.name
    let count = (replicaSetsPerApp[app] ?? 0) + 1
    replicaSetsPerApp[app] = count
    replicaSets[replicaSet.metadata.name] = "\(app)/\(count)"
    insert(replicaSet.metadata.name, "\(app)/\(count)")
    if let hash = replicaSet.metadata.labels[RevisionAnnotations.templateHash] {
      hashes.append(hash)
    }
  }

  func add(_ pod: Pod) {
    guard let owner = pod.metadata.controller, let replicaSet = replicaSets[owner.name] else {
      return
    }
    let count = (podsPerReplicaSet[replicaSet] ?? 0) + 1
    podsPerReplicaSet[replicaSet] = count
    pods[pod.metadata.name] = "\(replicaSet)#\(count)"
    insert(pod.metadata.name, "\(replicaSet)#\(count)")
  }

  private func insert(_ name: String, _ replacement: String) {
    let position = ordered.firstIndex { $0.name.count < name.count } ?? ordered.count
    ordered.insert((name, replacement), at: position)
  }

  func replicaSet(_ name: String) -> String { replicaSets[name] ?? name }

  func pod(_ name: String) -> String { pods[name] ?? name }

  /// A message with the recordings' names in it.
  func text(_ message: String) -> String {
    var result = message
    for (name, replacement) in ordered where result.contains(name) {
      result = result.replacing(name, with: replacement)
    }
    for hash in hashes where result.contains(hash) {
      result = result.replacing(hash, with: "${hash}")
    }
    result = result.replacing(namespace, with: "${namespace}")
    for uid in Self.uids(in: result) { result = result.replacing(uid, with: "${uid}") }
    return result
  }

  /// Everything that looks like a uid: 8, 4, 4, 4 and 12 hexadecimal digits.
  private static func uids(in text: String) -> [String] {
    let lengths = [8, 4, 4, 4, 12]
    let words = text.split { !($0.isHexDigit || $0 == "-") }
    return words.filter { $0.split(separator: "-").map(\.count) == lengths }.map(String.init)
  }
}
