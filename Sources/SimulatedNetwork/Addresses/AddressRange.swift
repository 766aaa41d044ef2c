/// The ranges that addresses are allocated from.
public enum AddressRange: Int, CaseIterable, Sendable {
  /// Nodes of the cluster, 10.0.0.0/16.
  case nodes
  /// Pods, 10.244.0.0/16.
  case pods
  /// Virtual addresses of services, 10.96.0.0/16.
  case services
  /// Hosts outside the cluster, 203.0.113.0/24 (TEST-NET-3, RFC 5737).
  case outside

  /// The range's first address, which is never given out.
  public var base: IPv4Address {
    switch self {
    case .nodes: IPv4Address(10, 0, 0, 0)
    case .pods: IPv4Address(10, 244, 0, 0)
    case .services: IPv4Address(10, 96, 0, 0)
    case .outside: IPv4Address(203, 0, 113, 0)
    }
  }

  /// How many leading bits all addresses of the range share.
  public var prefixBits: Int { self == .outside ? 24 : 16 }

  /// Whether an address lies in the range.
  public func contains(_ address: IPv4Address) -> Bool {
    address.bits >> (32 - UInt32(prefixBits)) == base.bits >> (32 - UInt32(prefixBits))
  }
}

/// Gives out the addresses of one range, in order, and again from the start when it has been round.
///
/// Worked example: the range 10.0.0.0/16 gives 10.0.0.1, 10.0.0.2, … 10.0.255.254, and then the
/// lowest free ones. The first and the last address (network and broadcast) are never given out.
struct AddressPool {
  private let range: AddressRange
  private let countMax: UInt32
  private var next: UInt32 = 0
  private var taken: Set<IPv4Address> = []

  init(range: AddressRange) {
    self.range = range
    countMax = (1 << (32 - UInt32(range.prefixBits))) - 2
  }

  /// The next free address; nil if all are taken.
  mutating func allocate() -> IPv4Address? {
    if taken.count >= Int(countMax) { return nil }
    while true {
      let address = IPv4Address(bits: range.base.bits + 1 + next)
      next = (next + 1) % countMax
      if taken.insert(address).inserted { return address }
    }
  }

  /// Takes a certain address; false if it is taken already.
  mutating func take(_ address: IPv4Address) -> Bool { taken.insert(address).inserted }

  /// Gives an address back.
  mutating func release(_ address: IPv4Address) { taken.remove(address) }
}
