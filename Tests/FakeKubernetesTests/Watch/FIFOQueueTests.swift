import Testing

@testable import FakeKubernetes

@Suite struct `A FIFO queue` {
  @Test func `gives back in order what was put in, however often it empties itself`() {
    var queue = FIFOQueue<Int>()
    var next = 0
    for round in 1...200 {
      for _ in 0..<(round * 37 % 101) {
        queue.append(next)
        next += 1
      }
      for _ in 0..<(round * 53 % 97) {
        let count = queue.count
        let first = queue.first
        let popped = queue.popFirst()
        #expect(popped == first)
        #expect(popped == (count > 0 ? next - count : nil))
      }
    }
    #expect(queue.count > 0)
    #expect(!queue.isEmpty)
  }

  @Test func `keeps the order of what stays when others are taken out`() {
    var queue = FIFOQueue<Int>()
    for number in 0..<10 { queue.append(number) }
    for _ in 0..<3 { _ = queue.popFirst() }
    queue.removeAll { $0 % 2 == 0 }
    var left: [Int] = []
    while let number = queue.popFirst() { left.append(number) }
    #expect(left == [3, 5, 7, 9])
  }
}
