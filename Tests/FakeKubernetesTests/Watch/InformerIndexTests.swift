import KubernetesAPI
import Testing

@testable import FakeKubernetes

@Suite struct `An index of an informer` {
  private static let keys = (0..<6).map { ObjectKey("default", "pod-\($0)") }

  private static func index() -> InformerIndex<Pod> {
    var index = InformerIndex<Pod>(name: "node") { $0.spec.nodeName }
    for key in keys { index.move(key, from: nil, to: "node-1") }
    index.move(keys[1], from: "node-1", to: "node-2")
    index.move(keys[4], from: "node-1", to: nil)
    return index
  }

  @Test func `lists its keys in an order that only its history decides`() {
    let index = Self.index()
    #expect(
      index.unsortedKeys("node-1").map(\.name) == ["pod-0", "pod-5", "pod-2", "pod-3"])
    #expect(index.unsortedKeys("node-2").map(\.name) == ["pod-1"])
    #expect(index.unsortedKeys("node-3").isEmpty)
  }

  @Test func `sorts its keys when asked, also after changes`() {
    var index = Self.index()
    #expect(index.keys("node-1").map(\.name) == ["pod-0", "pod-2", "pod-3", "pod-5"])
    index.move(Self.keys[4], from: nil, to: "node-1")
    #expect(index.keys("node-1").map(\.name) == ["pod-0", "pod-2", "pod-3", "pod-4", "pod-5"])
    #expect(index.count("node-1") == 5)
    index.move(Self.keys[1], from: "node-2", to: "node-1")
    #expect(index.values == ["node-1"])
  }
}
