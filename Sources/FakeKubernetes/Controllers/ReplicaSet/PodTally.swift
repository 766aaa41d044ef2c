import KubernetesAPI

/// How many active pods an owner has, kept up to date change by change.
///
/// With it a ReplicaSet of many pods is reconciled without a look at each of them.
struct PodTally {
  private(set) var active = 0
  private(set) var ready = 0
  /// By the number of the node.
  private var byNode: [Int32] = []
  /// Active pods by their labels; mostly there is one entry.
  private var byLabels: [(labels: [String: String], count: Int)] = []

  /// Counts an active pod in or out.
  mutating func count(_ pod: Pod, onNode node: Int, by change: Int) {
    active += change
    if pod.isReady { ready += change }
    while byNode.count <= node { byNode.append(0) }
    byNode[node] += Int32(change)
    let labels = pod.metadata.labels
    if let index = byLabels.firstIndex(where: { $0.labels == labels }) {
      byLabels[index].count += change
      if byLabels[index].count == 0 { byLabels.remove(at: index) }
    } else {
      byLabels.append((labels, change))
    }
  }

  /// How many active pods are on a node.
  func count(onNode node: Int) -> Int { node < byNode.count ? Int(byNode[node]) : 0 }

  /// Whether every active pod is one that a selector takes.
  func allMatch(_ selector: LabelSelector) -> Bool {
    byLabels.allSatisfy { selector.matches($0.labels) }
  }

  /// How many active pods have all of some labels.
  func count(including labels: [String: String]) -> Int {
    byLabels.reduce(0) { $0 + ($1.labels.includes(labels) ? $1.count : 0) }
  }
}

/// What a ReplicaSet's status tells of its pods.
struct PodCounts {
  var active: Int
  var fullyLabeled: Int
  var ready: Int
  var available: Int
}
