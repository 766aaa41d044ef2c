/// A host's backends and whose turn it is.
final class RouteState {
  let host: String
  @exclusivity(unchecked) var backends: [IngressBackend] = []
  @exclusivity(unchecked) private var turn = 0
  /// The first connection of the backend that was asked for last.
  @exclusivity(unchecked) var lastConnection: UpstreamConnection?

  init(host: String) { self.host = host }

  /// The next backend in turn; one of `avoided` only when there is no other.
  func next(excluding excluded: [IngressBackend], avoiding avoided: [IngressBackend])
    -> IngressBackend?
  {
    guard !backends.isEmpty else { return nil }
    let start = turn % backends.count
    if excluded.isEmpty, avoided.isEmpty {
      let chosen = backends[start]
      turn = (backends.firstIndex(of: chosen) ?? start) + 1
      return chosen
    }
    let order = backends[start...] + backends[..<start]
    let candidates = order.filter { !excluded.contains($0) }
    let chosen = candidates.first { !avoided.contains($0) } ?? candidates.first
    if let chosen, let index = backends.firstIndex(of: chosen) { turn = index + 1 }
    return chosen
  }
}
