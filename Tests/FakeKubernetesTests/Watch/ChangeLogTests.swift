import KubernetesAPI
import Testing

@testable import FakeKubernetes

@Suite struct `A log of changes` {
  private static func change(_ version: Int64) -> TypedChange<Pod> {
    let pod = Pod()
    return TypedChange(
      kind: .added, version: version, object: pod, previous: nil,
      record: ObjectRecord(pod, place: 0), earlier: -1)
  }

  private static func log(_ count: Int64, historyMax: Int) -> ChangeLog<Pod> {
    var log = ChangeLog<Pod>()
    for version in 1...count { log.append(change(version), historyMax: historyMax) }
    return log
  }

  @Test func `keeps what somebody has not seen, whatever the history's size`() {
    var log = Self.log(1000, historyMax: 10)
    log.trim(seenByAll: 300) { _, _ in }
    #expect(log[300].version == 301)
    #expect(log[999].version == 1000)
    #expect(log.end == 1000)
  }

  @Test func `keeps the history, whatever has been seen`() {
    var log = Self.log(1000, historyMax: 400)
    log.trim(seenByAll: 1000) { _, _ in }
    #expect(log.history.map(\.version) == Array(log.historyStart + 1...1000))
    #expect(log.history.count >= 400)
    #expect(log.history.count < 800)
  }

  @Test func `tells once of each change that all have seen`() {
    var log = Self.log(1000, historyMax: 10)
    var told: [Int] = []
    for end in [0, 250, 250, 900, 1000] {
      log.trim(seenByAll: end) { number, _ in told.append(number) }
    }
    #expect(told == Array(0..<1000))
  }

  @Test func `starts a history anew when it is forgotten`() {
    var log = Self.log(20, historyMax: 100)
    #expect(log.historyStart == 0)
    log.forgetHistory(keeping: 5)
    #expect(log.historyStart == 15)
    #expect(log.history.map(\.version) == [16, 17, 18, 19, 20])
    log.forgetHistory(keeping: 10)
    #expect(log.historyStart == 15)
  }
}
