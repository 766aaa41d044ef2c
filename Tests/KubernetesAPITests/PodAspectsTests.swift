import Testing

@testable import KubernetesAPI

struct PodAspectsTests {
  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let aspects: ObjectAspects
    let change: @Sendable (inout Pod) -> Void

    init(
      _ name: String, _ aspects: ObjectAspects, _ change: @escaping @Sendable (inout Pod) -> Void
    ) {
      testDescription = name
      self.aspects = aspects
      self.change = change
    }
  }

  private static let rows = [
    Row("nothing", []) { _ in },
    Row("the version", []) { $0.metadata.resourceVersion = "7" },
    Row("an annotation", .metadata) { $0.metadata.annotations["a"] = "b" },
    Row("a label", [.metadata, .labels]) { $0.metadata.labels["a"] = "b" },
    Row("deletion", [.metadata, .deletion]) {
      $0.metadata.deletionTimestamp = Timestamp(seconds: 1)
    },
    Row("the node", .binding) { $0.spec.nodeName = "n" },
    Row("the content", .content) { $0.spec.priority = 1 },
    Row("a message", .status) { $0.status.message = "m" },
    Row("readiness", [.status, .readiness]) {
      $0.status.conditions = [Condition(type: "Ready", status: .true)]
    },
    Row("the end", [.status, .end]) { $0.status.phase = "Failed" },
    Row("the address", [.status, .address]) { $0.status.podIP = "10.0.0.1" },
    Row("the node that is waited for", [.status, .nomination]) {
      $0.status.nominatedNodeName = "n"
    },
  ]

  @Test(arguments: rows)
  func `A pod says what has changed`(row: Row) {
    let old = Pod()
    var new = old
    row.change(&new)
    #expect(new.changes(from: old) == row.aspects)
  }

  @Test func `a version that is no number is kept as it is`() {
    var metadata = ObjectMeta()
    for text in ["", "0", "007", "-1", "x", "12"] {
      metadata.resourceVersion = text
      #expect(metadata.resourceVersion == text)
    }
    #expect(metadata.version == 12)
  }
}
