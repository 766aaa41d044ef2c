import KubernetesAPI

/// The pods that queries select, kept up to date change by change once a query was asked for.
///
/// An autoscaler asks for the same pods every 15 s; a look at all pods of a namespace each time
/// would cost what the namespace has, not what the query selects.
final class SelectedPods {
  private struct Query: Hashable {
    var namespace: String
    var text: String
  }

  private struct Members {
    let query: LabelQuery
    var keys: Set<ObjectKey> = []
    var sorted: [ObjectKey]?
  }

  /// How many queries are followed before all are forgotten.
  private static let queriesMax = 4096

  private let isBefore: (Pod, Pod) -> Bool
  private let find: (ObjectKey) -> Pod?
  private let list: (_ namespace: String) -> [Pod]
  private var followed: [Query: Members] = [:]

  /// Makes a view of pods; whoever owns it tells it of changes.
  ///
  /// `isBefore` is an order that no change of a pod alters.
  init(
    find: @escaping (ObjectKey) -> Pod?, list: @escaping (_ namespace: String) -> [Pod],
    isBefore: @escaping (Pod, Pod) -> Bool = { $0.key < $1.key }
  ) {
    self.isBefore = isBefore
    self.find = find
    self.list = list
  }

  /// The pods of a namespace that a query selects, in order.
  func pods(_ namespace: String, _ query: LabelQuery) -> [Pod] {
    let key = Query(namespace: namespace, text: query.text)
    if followed[key] == nil { follow(key, query) }
    if let sorted = followed[key]?.sorted { return sorted.compactMap(find) }
    let found = (followed[key]?.keys.compactMap(find) ?? []).sorted(by: isBefore)
    followed[key]?.sorted = found.map(\.key)
    return found
  }

  private func follow(_ key: Query, _ query: LabelQuery) {
    if followed.count >= Self.queriesMax { followed = [:] }
    var members = Members(query: query)
    for pod in list(key.namespace) where query.matches(pod.metadata.labels) {
      members.keys.insert(pod.key)
    }
    followed[key] = members
  }

  /// Takes a change of a pod into account.
  func podChanged(_ old: Pod?, _ new: Pod?) {
    if followed.isEmpty { return }
    if let old, let new, old.metadata.labels == new.metadata.labels { return }
    guard let pod = new ?? old else { return }
    // The order does not matter: each query is looked at on its own.
    for query in followed.keys where query.namespace == pod.metadata.namespace {
      let isSelected = new.map { followed[query]?.query.matches($0.metadata.labels) } ?? false
      if isSelected ?? false {
        followed[query]?.keys.insert(pod.key)
      } else if followed[query]?.keys.remove(pod.key) == nil {
        continue
      }
      followed[query]?.sorted = nil
    }
  }
}
