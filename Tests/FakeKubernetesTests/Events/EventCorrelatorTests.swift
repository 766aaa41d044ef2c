import KubernetesAPI
import Testing

@testable import FakeKubernetes

@Suite struct `The event correlator` {
  /// Speaks of objects `0..<count` in turn, of `favourite` again after each of them.
  private static func correlator(objects count: Int, favourite: String) -> EventCorrelator {
    var correlator = EventCorrelator()
    for number in 0..<count {
      for object in ["\(number)", favourite] {
        _ = correlator.record(object: object, kind: "Warning", message: "m", nowNanoseconds: 0)
      }
    }
    return correlator
  }

  private static func count(_ correlator: inout EventCorrelator, _ object: String) -> Int? {
    correlator.record(object: object, kind: "Warning", message: "m", nowNanoseconds: 0)?.count
  }

  @Test func `forgets the object that was not spoken of for the longest time`() {
    // 4096 objects are remembered, the favourite among them.
    var correlator = Self.correlator(objects: 5000, favourite: "favourite")
    #expect(Self.count(&correlator, "4999") == 2)
    #expect(Self.count(&correlator, "905") == 2)
    // The one of 904 is gone and counts anew; with it 906, the oldest then, goes.
    #expect(Self.count(&correlator, "904") == 1)
    #expect(Self.count(&correlator, "906") == 1)
    #expect(Self.count(&correlator, "908") == 2)
  }

  @Test func `remembers who is spoken of all the time, whose events then run out`() {
    var correlator = Self.correlator(objects: 5000, favourite: "favourite")
    #expect(Self.count(&correlator, "favourite") == nil)
  }

  @Test func `combines the tenth different message, and still counts nearly all it knew`() {
    var correlator = EventCorrelator()
    func tell(_ message: String) -> String? {
      correlator.record(object: "o", kind: "Normal", message: message, nowNanoseconds: 0)?.message
    }
    for number in 0..<9 { #expect(tell("m\(number)") == "m\(number)") }
    #expect(tell("m9") == "(combined from similar events): m9")
    // One of the ten was forgotten, and it is not the first.
    #expect(tell("m0") == "m0")
  }
}
