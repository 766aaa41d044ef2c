import KubernetesAPI

/// The pods that queries select, kept up to date change by change once a query was asked for.
///
/// An autoscaler asks for the same pods every 15 s; a look at all pods of a namespace each time
/// would cost what the namespace has, not what the query selects. Of each pod is kept what its reader
/// looks at, until the pod changes.
final class SelectedPods<View> {
  private struct Query: Hashable {
    var namespace: String
    var text: String

    /// Texts alone tell nearly all queries apart.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  /// The pods of a query.
  private final class Members {
    let query: LabelQuery
    @exclusivity(unchecked) var keys: Set<ObjectKey> = []
    /// What is looked at of the pods in order, until one of them changes.
    @exclusivity(unchecked) var views: [View]?

    init(_ query: LabelQuery) { self.query = query }
  }

  /// How many queries are followed before all are forgotten.
  private static var queriesMax: Int { 4096 }

  private let isBefore: (Pod, Pod) -> Bool
  private let view: (Pod) -> View
  private let find: (ObjectKey) -> Pod?
  private let list: (_ namespace: String) -> [Pod]
  @exclusivity(unchecked) private var followed: [Query: Members] = [:]
  /// The queries that select a pod.
  @exclusivity(unchecked) private var queriesOfPod: [ObjectKey: [Query]] = [:]

  /// Makes a view of pods; whoever owns it tells it of changes.
  ///
  /// `isBefore` is an order that no change of a pod alters.
  init(
    find: @escaping (ObjectKey) -> Pod?, list: @escaping (_ namespace: String) -> [Pod],
    isBefore: @escaping (Pod, Pod) -> Bool = { $0.key < $1.key },
    view: @escaping (Pod) -> View
  ) {
    self.view = view
    self.isBefore = isBefore
    self.find = find
    self.list = list
  }

  /// What is looked at of the pods of a namespace that a query selects, in order.
  func pods(_ namespace: String, _ query: LabelQuery) -> [View] {
    let key = Query(namespace: namespace, text: query.text)
    let members = followed[key] ?? follow(key, query)
    if let views = members.views { return views }
    let views = members.keys.compactMap(find).sorted(by: isBefore).map(view)
    members.views = views
    return views
  }

  private func follow(_ key: Query, _ query: LabelQuery) -> Members {
    if followed.count >= Self.queriesMax {
      followed = [:]
      queriesOfPod = [:]
    }
    let members = Members(query)
    followed[key] = members
    for pod in list(key.namespace) where query.matches(pod.metadata.labels) {
      select(pod.key, key)
    }
    return members
  }

  /// Takes a change of a pod into account.
  func podChanged(_ old: Pod?, _ new: Pod?) {
    if followed.isEmpty { return }
    guard let pod = new ?? old else { return }
    let key = pod.key
    for query in queriesOfPod[key] ?? [] { followed[query]?.views = nil }
    if let old, let new, old.metadata.labels == new.metadata.labels { return }
    // The order does not matter: each query is looked at on its own.
    for query in followed.keys where query.namespace == pod.metadata.namespace {
      let isSelected = new.map { followed[query]?.query.matches($0.metadata.labels) } ?? false
      if isSelected ?? false { select(key, query) } else { deselect(key, query) }
    }
  }

  private func select(_ pod: ObjectKey, _ query: Query) {
    guard followed[query]?.keys.insert(pod).inserted ?? false else { return }
    followed[query]?.views = nil
    queriesOfPod[pod, default: []].append(query)
  }

  private func deselect(_ pod: ObjectKey, _ query: Query) {
    guard followed[query]?.keys.remove(pod) != nil else { return }
    followed[query]?.views = nil
    queriesOfPod[pod]?.removeAll { $0 == query }
    if queriesOfPod[pod]?.isEmpty ?? false { queriesOfPod[pod] = nil }
  }
}
