/// A host's backends and whose turn it is.
final class RouteState {
  let host: String
  var backends: [IngressBackend] = []
  private var turn = 0

  init(host: String) { self.host = host }

  /// The next backend in turn; one of `avoided` only when there is no other.
  func next(excluding excluded: [IngressBackend], avoiding avoided: [IngressBackend])
    -> IngressBackend?
  {
    guard !backends.isEmpty else { return nil }
    let start = turn % backends.count
    let order = backends[start...] + backends[..<start]
    let candidates = order.filter { !excluded.contains($0) }
    let chosen = candidates.first { !avoided.contains($0) } ?? candidates.first
    if let chosen, let index = backends.firstIndex(of: chosen) { turn = index + 1 }
    return chosen
  }
}
