import SimulationKernel
import Testing

@testable import Scenario

@Suite struct `Open requests` {
  @Test func `know what began and has not ended, whatever was let go of`() {
    let random = RandomStream(seed: 7, name: "open")
    var open = OpenRequests()
    var model: [(number: Int, intended: SimulationTime)] = []
    for step in 0..<20_000 {
      let intended = SimulationTime.zero + .nanoseconds(step)
      model.append((open.append(intended, 1), intended))
      // Ends out of order, with more and fewer on their way by turns.
      while model.count > (step / 3000 % 2 == 0 ? 40 : 3000) {
        open.end(model.remove(at: random.integer(below: min(model.count, 20))).number)
      }
      #expect(open.earliest == model.first?.intended)
    }
    #expect(open.all.map(\.intended) == model.map(\.intended))
    #expect(open.all.allSatisfy { $0.count == 1 })
    while let (number, _) = model.popLast() { open.end(number) }
    #expect(open.earliest == nil)
    #expect(open.all.isEmpty)
  }
}
