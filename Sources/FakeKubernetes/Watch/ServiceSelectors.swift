import KubernetesAPI

/// Which Services select a pod, without a look at every Service.
struct ServiceSelectors {
  private struct Pair: Hashable {
    var namespace: String
    var key: String
    var value: String
  }

  private var selectors: [ObjectKey: [String: String]] = [:]
  /// Services by the first pair of their selector.
  private var byPair: [Pair: [ObjectKey]] = [:]

  /// Whether there is no Service that selects pods.
  var isEmpty: Bool { selectors.isEmpty }

  /// The selector of a Service, empty if it has none.
  func selector(_ service: ObjectKey) -> [String: String] { selectors[service] ?? [:] }

  /// The Services that select labels, in order of name.
  func services(_ namespace: String, _ labels: [String: String]) -> [ObjectKey] {
    if selectors.isEmpty { return [] }
    var found: [ObjectKey] = []
    for (key, value) in labels {
      for service in byPair[Pair(namespace: namespace, key: key, value: value)] ?? []
      where labels.includes(selectors[service] ?? [:]) {
        found.append(service)
      }
    }
    return found.count > 1 ? found.sorted() : found
  }

  /// Takes over a Service's selector; true if it is another one than before.
  mutating func set(_ service: ObjectKey, _ selector: [String: String]) -> Bool {
    let old = selectors[service] ?? [:]
    if old == selector { return false }
    if let pair = Self.first(service, old) {
      byPair[pair]?.removeAll { $0 == service }
      if byPair[pair]?.isEmpty ?? false { byPair[pair] = nil }
    }
    selectors[service] = selector.isEmpty ? nil : selector
    if let pair = Self.first(service, selector) { byPair[pair, default: []].append(service) }
    return true
  }

  private static func first(_ service: ObjectKey, _ selector: [String: String]) -> Pair? {
    selector.min { $0.key < $1.key }.map {
      Pair(namespace: service.namespace, key: $0.key, value: $0.value)
    }
  }
}

/// The pods that each Service selects, kept up to date change by change.
package final class ServicePods {
  private struct Members {
    var names: Set<String> = []
    var sorted: [String]?
  }

  private let pods: Informer<Pod>
  @exclusivity(unchecked) private var selectors = ServiceSelectors()
  @exclusivity(unchecked) private var members: [ObjectKey: Members] = [:]

  /// Starts to follow; whoever asks from a handler of the same informers registers it later.
  init(services: Informer<Service>, pods: Informer<Pod>) {
    self.pods = pods
    services.onChange { [weak self] old, new in
      guard let key = (new ?? old)?.key else { return }
      self?.serviceChanged(key, new?.spec.selector ?? [:])
    }
    pods.onChange(of: .labels) { [weak self] old, new in self?.podChanged(old, new) }
  }

  /// Whether there is no Service that selects pods.
  var isEmpty: Bool { selectors.isEmpty }

  /// The Services that select a pod, in order of name.
  func services(_ pod: Pod) -> [ObjectKey] {
    selectors.services(pod.metadata.namespace, pod.metadata.labels)
  }

  /// The pods that a Service selects, in order of name.
  func pods(of service: ObjectKey) -> [Pod] {
    guard let found = members[service] else { return [] }
    let names = found.sorted ?? found.names.sorted()
    members[service]?.sorted = names
    return names.compactMap { pods.find(service.namespace, $0) }
  }

  private func serviceChanged(_ key: ObjectKey, _ selector: [String: String]) {
    guard selectors.set(key, selector) else { return }
    members[key] = nil
    if selector.isEmpty { return }
    var found = Members()
    for pod in pods.list(namespace: key.namespace) where pod.metadata.labels.includes(selector) {
      found.names.insert(pod.metadata.name)
    }
    members[key] = found
  }

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    if let old, let new, old.metadata.labels == new.metadata.labels { return }
    if let old {
      for service in services(old) {
        members[service]?.names.remove(old.metadata.name)
        members[service]?.sorted = nil
      }
    }
    if let new {
      for service in services(new) {
        members[service]?.names.insert(new.metadata.name)
        members[service]?.sorted = nil
      }
    }
  }
}
