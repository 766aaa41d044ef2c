/// Elements that leave in the order in which they came.
struct FIFOQueue<Element> {
  /// How many elements that have left may keep their places at least before the rest moves up.
  private static var vacantMax: Int { 1024 }

  private var elements: [Element] = []
  /// The place of the first.
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  var count: Int { elements.count - head }

  /// The one that leaves next.
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Takes the first element out; nil if there is none.
  mutating func popFirst() -> Element? {
    if isEmpty { return nil }
    let element = elements[head]
    head += 1
    if isEmpty {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head > Self.vacantMax, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Takes out all that a condition holds for; the rest keep their order.
  mutating func removeAll(where isRemoved: (Element) -> Bool) {
    elements = elements[head...].filter { !isRemoved($0) }
    head = 0
  }
}
