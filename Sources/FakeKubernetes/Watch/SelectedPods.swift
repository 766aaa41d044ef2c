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

  /// The pods of a query; whoever asks for them again and again keeps it.
  final class Selection {
    let namespace: String
    let query: LabelQuery
    /// Whether it is kept up to date; if not, another one must be asked for.
    @exclusivity(unchecked) fileprivate(set) var isFollowed = true
    @exclusivity(unchecked) fileprivate var keys: Set<ObjectKey> = []
    /// Where the store keeps the pods, in order, until one of them comes or goes.
    @exclusivity(unchecked) fileprivate var order: [Int32]?
    /// What is looked at of the pods in order, until one of them changes.
    @exclusivity(unchecked) fileprivate var views: [View]?

    fileprivate init(_ namespace: String, _ query: LabelQuery) {
      self.namespace = namespace
      self.query = query
    }
  }

  /// How many queries are followed before all are forgotten.
  private static var queriesMax: Int { 4096 }

  private let isBefore: (Pod, Pod) -> Bool
  private let view: (Pod) -> View
  private let find: (ObjectKey) -> Pod?
  private let findPlace: (Int32) -> Pod?
  private let list: (_ namespace: String) -> [Pod]
  @exclusivity(unchecked) private var followed: [Query: Selection] = [:]
  /// What selects a pod.
  @exclusivity(unchecked) private var selectionsOfPod: [ObjectKey: [Selection]] = [:]

  /// Makes a view of pods; whoever owns it tells it of changes.
  ///
  /// `isBefore` is an order that no change of a pod alters.
  init(
    find: @escaping (ObjectKey) -> Pod?, findPlace: @escaping (_ place: Int32) -> Pod?,
    list: @escaping (_ namespace: String) -> [Pod],
    isBefore: @escaping (Pod, Pod) -> Bool = { $0.key < $1.key },
    view: @escaping (Pod) -> View
  ) {
    self.view = view
    self.isBefore = isBefore
    self.find = find
    self.findPlace = findPlace
    self.list = list
  }

  /// What is looked at of the pods of a namespace that a query selects, in order.
  func pods(_ namespace: String, _ query: LabelQuery) -> [View] {
    pods(selection(namespace, query))
  }

  /// What is looked at of the pods of a selection that is followed, in order.
  func pods(_ selection: Selection) -> [View] {
    if let views = selection.views { return views }
    let views = ordered(selection).map(view)
    selection.views = views
    return views
  }

  private func ordered(_ selection: Selection) -> [Pod] {
    if let order = selection.order {
      let pods = order.compactMap(findPlace)
      if pods.count == order.count { return pods }
    }
    let pods = selection.keys.compactMap(find).sorted(by: isBefore)
    selection.order = pods.count == selection.keys.count ? pods.map(\.metadata.place) : nil
    return pods
  }

  /// The pods of a namespace that a query selects.
  func selection(_ namespace: String, _ query: LabelQuery) -> Selection {
    let key = Query(namespace: namespace, text: query.text)
    return followed[key] ?? follow(key, query)
  }

  private func follow(_ key: Query, _ query: LabelQuery) -> Selection {
    if followed.count >= Self.queriesMax {
      for selection in followed.values { selection.isFollowed = false }
      followed = [:]
      selectionsOfPod = [:]
    }
    let selection = Selection(key.namespace, query)
    followed[key] = selection
    for pod in list(key.namespace) where query.matches(pod.metadata.labels) {
      select(pod.key, selection)
    }
    return selection
  }

  /// Takes a change of a pod into account.
  func podChanged(_ old: Pod?, _ new: Pod?) {
    if followed.isEmpty { return }
    guard let pod = new ?? old else { return }
    let key = pod.key
    let selecting = selectionsOfPod[key] ?? []
    for selection in selecting { selection.views = nil }
    if let old, let new, old.metadata.labels == new.metadata.labels { return }
    guard let new else {
      for selection in selecting { deselect(key, selection) }
      return
    }
    // The order does not matter: each query is looked at on its own.
    for selection in followed.values where selection.namespace == new.metadata.namespace {
      if selection.query.matches(new.metadata.labels) {
        select(key, selection)
      } else if selecting.contains(where: { $0 === selection }) {
        deselect(key, selection)
      }
    }
  }

  private func select(_ pod: ObjectKey, _ selection: Selection) {
    guard selection.keys.insert(pod).inserted else { return }
    selection.order = nil
    selection.views = nil
    selectionsOfPod[pod, default: []].append(selection)
  }

  private func deselect(_ pod: ObjectKey, _ selection: Selection) {
    guard selection.keys.remove(pod) != nil else { return }
    selection.order = nil
    selection.views = nil
    selectionsOfPod[pod]?.removeAll { $0 === selection }
    if selectionsOfPod[pod]?.isEmpty ?? false { selectionsOfPod[pod] = nil }
  }
}
