/// Elements that leave in the order in which they came: a ring that grows.
struct FIFOQueue<Element> {
  private static var placesMin: Int { 8 }

  /// Nil where no element is; the number of places is a power of two.
  private var ring: [Element?] = []
  /// The place of the first.
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The one that leaves next.
  var first: Element? { count == 0 ? nil : ring[head] }

  mutating func append(_ element: Element) {
    if count == ring.count { grow() }
    ring[(head + count) & (ring.count - 1)] = element
    count += 1
  }

  private mutating func grow() {
    var larger = [Element?](repeating: nil, count: Swift.max(Self.placesMin, 2 * ring.count))
    for index in 0..<count { larger[index] = ring[(head + index) & (ring.count - 1)] }
    ring = larger
    head = 0
  }

  /// Takes the first element out; nil if there is none.
  mutating func popFirst() -> Element? {
    if count == 0 { return nil }
    let element = ring[head].take()
    head = (head + 1) & (ring.count - 1)
    count -= 1
    return element
  }

  /// Takes out all that a condition holds for; the rest keep their order.
  mutating func removeAll(where isRemoved: (Element) -> Bool) {
    var kept = FIFOQueue()
    while let element = popFirst() {
      if !isRemoved(element) { kept.append(element) }
    }
    self = kept
  }
}
