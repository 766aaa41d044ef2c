/// A queue over an array; removal from its front is constant time on average.
struct FirstInFirstOut<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }
  var count: Int { elements.count - head }
  var first: Element? { head < elements.count ? elements[head] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head].take()
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: head <= 256)
      head = 0
    } else if head >= 64 && head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Changes the last element in place; false if `change` says so or there is none.
  mutating func changeLast(_ change: (inout Element) -> Bool) -> Bool {
    guard head < elements.count, var last = elements[elements.count - 1].take() else {
      return false
    }
    let changed = change(&last)
    elements[elements.count - 1] = last
    return changed
  }

  mutating func removeAll() {
    elements.removeAll()
    head = 0
  }
}

/// What travels from one end of a stream to the other, in order.
struct Segment {
  enum Payload {
    case data([UInt8])
    /// The client's last packet of the handshake.
    case established
    /// The receiver has taken this many bytes: the sender may send as many more.
    case window(Int)
    case finish
    case reset
  }

  var payload: Payload
  /// When it was sent, last.
  var sentAt: Int64
  /// When it arrives; meaningless while it waits to be sent again.
  var arrivesAt: Int64 = 0
}
