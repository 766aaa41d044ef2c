import KubernetesAPI
import Testing

@testable import FakeKubernetes

@Suite struct `An index of an informer` {
  private let records = (0..<6).map { ObjectRecord(Self.pod($0, on: "node-1"), place: $0) }

  private static func pod(_ number: Int, on node: String) -> Pod {
    var pod = Pod()
    pod.metadata.namespace = "default"
    pod.metadata.name = "pod-\(number)"
    pod.spec.nodeName = node
    return pod
  }

  private func index() -> InformerIndex<Pod> {
    var index = InformerIndex<Pod>(name: "node") { $0.spec.nodeName }
    for record in records { index.move(record, from: nil, to: record.object) }
    index.move(records[1], from: Self.pod(1, on: "node-1"), to: Self.pod(1, on: "node-2"))
    index.move(records[4], from: Self.pod(4, on: "node-1"), to: nil)
    return index
  }

  @Test func `sorts its objects when asked, also after changes`() {
    var index = self.index()
    let names = { index.records("node-1").map(\.key.name) }
    #expect(names() == ["pod-0", "pod-2", "pod-3", "pod-5"])
    #expect(index.records("node-2").map(\.key.name) == ["pod-1"])
    #expect(index.records("node-3").isEmpty)
    index.move(records[4], from: nil, to: Self.pod(4, on: "node-1"))
    #expect(names() == ["pod-0", "pod-2", "pod-3", "pod-4", "pod-5"])
    #expect(index.count("node-1") == 5)
    index.move(records[1], from: Self.pod(1, on: "node-2"), to: Self.pod(1, on: "node-1"))
    #expect(index.values == ["node-1"])
  }

  @Test func `asks for the value again only when what it hangs on has changed`() {
    var asked = 0
    var index = InformerIndex<Pod>(name: "name", of: .metadata) {
      asked += 1
      return $0.metadata.labels["a"]
    }
    let pod = Self.pod(0, on: "node-1")
    index.move(records[0], from: nil, to: pod)
    var bound = pod
    bound.spec.nodeName = "node-2"
    index.move(records[0], from: pod, to: bound, bound.changes(from: pod))
    #expect(asked == 1)
    var labelled = bound
    labelled.metadata.labels["a"] = "b"
    index.move(records[0], from: bound, to: labelled, labelled.changes(from: bound))
    #expect(asked == 3)
    #expect(index.values == ["b"])
  }
}
