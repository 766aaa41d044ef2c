import SimulatedNetwork

/// The network sides of pods: a host for each, from its first container's start to its removal.
final class PodNetwork {
  private let network: Network
  private var hosts: [String: (host: SimulatedHost, node: String)] = [:]

  init(_ network: Network) { self.network = network }

  /// The host of a pod, made when it is not there yet.
  ///
  /// - Returns: The host; nil if its address is nobody's to give, such as one still in use.
  func host(podUID: String, name: String, address: String, node: String) -> SimulatedHost? {
    if let known = hosts[podUID], known.host.isUp { return known.host }
    guard let address = IPv4Address(address),
      let host = network.addHost(name, at: address, groups: [node])
    else { return nil }
    hosts[podUID] = (host, node)
    return host
  }

  /// Takes a removed pod's host away; its connections are reset.
  func remove(podUID: String) {
    hosts.removeValue(forKey: podUID)?.host.remove(.reset)
  }

  /// A machine loses power: its pods fall silent, and nobody is told.
  func nodeDied(_ node: String) {
    for uid in hosts.keys.sorted() {
      guard let entry = hosts[uid], entry.node == node else { continue }
      entry.host.remove(.vanish)
      hosts[uid] = nil
    }
  }
}
