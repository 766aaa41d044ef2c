import Testing

@testable import FakeKubernetes

private let second: Int64 = 1_000_000_000

private func taken(_ zone: inout ZoneEviction, _ now: Int64) -> Bool { zone.take(now: now) }

@Test(
  arguments: [
    (3, 0, .normal), (3, 2, .normal), (3, 3, .full), (5, 3, .partial), (6, 3, .normal),
    (1, 1, .full), (10, 6, .partial),
  ] as [(Int, Int, ZoneEviction.State)])
func `a zone is lost in part or as a whole`(nodes: Int, lost: Int, state: ZoneEviction.State) {
  #expect(ZoneEviction.state(nodes: nodes, lost: lost) == state)
}

@Test func `one node of a zone is tainted every ten seconds`() {
  var zone = ZoneEviction()
  #expect(taken(&zone, 0) == true)
  #expect(taken(&zone, 9 * second) == false)
  #expect(taken(&zone, 10 * second) == true)
}

@Test func `nothing is tainted while all is lost, and the first one only later`() {
  var zone = ZoneEviction()
  zone.stop(now: 0)
  #expect(taken(&zone, 60 * second) == false)
  zone.resume(.normal, nodes: 3, now: 60 * second)
  #expect(taken(&zone, 60 * second) == false)
  #expect(taken(&zone, 69 * second) == false)
  #expect(taken(&zone, 70 * second) == true)
}

@Test func `a partly lost zone waits if it is small and is slow if it is large`() {
  var small = ZoneEviction()
  small.enter(.partial, nodes: 5, now: 0)
  #expect(taken(&small, 1000 * second) == false)
  small.enter(.normal, nodes: 5, now: 1000 * second)
  #expect(taken(&small, 1009 * second) == false)
  #expect(taken(&small, 1010 * second) == true)
  var large = ZoneEviction()
  large.enter(.partial, nodes: 51, now: 0)
  #expect(taken(&large, 0) == true)
  #expect(taken(&large, 99 * second) == false)
  #expect(taken(&large, 100 * second) == true)
}
