import KubernetesAPI
import Testing

@testable import FakeKubernetes

@Suite struct `Pods that a query selects` {
  /// What there is, by name; a pod's place is its number.
  private final class Pods {
    var all: [String: Pod] = [:]
    private(set) var looks = 0
    private(set) lazy var selected = SelectedPods<String>(
      find: { [unowned self] in all[$0.name] },
      findPlace: { [unowned self] place in all.values.first { $0.metadata.place == place } },
      list: { [unowned self] _ in Array(all.values) },
      isBefore: { $0.metadata.place > $1.metadata.place },
      view: { [unowned self] in
        looks += 1
        return $0.metadata.name + $0.status.phase
      })

    func set(_ number: Int32, app: String?, phase: String = "") {
      let name = "pod-\(number)"
      let old = all[name]
      var pod: Pod?
      if let app {
        var made = old ?? Pod()
        made.metadata.namespace = "default"
        made.metadata.name = name
        made.metadata.place = number
        made.metadata.labels = ["app": app]
        made.status.phase = phase
        pod = made
      }
      all[name] = pod
      selected.podChanged(old, pod)
    }

    func names(_ app: String) -> [String] {
      selected.pods("default", LabelQuery(["app": app]))
    }
  }

  @Test func `come, change, go and come again in one order`() {
    let pods = Pods()
    pods.set(1, app: "a")
    pods.set(2, app: "b")
    #expect(pods.names("a") == ["pod-1"])
    pods.set(3, app: "a")
    #expect(pods.names("a") == ["pod-3", "pod-1"])
    pods.set(1, app: "a", phase: "!")
    #expect(pods.names("a") == ["pod-3", "pod-1!"])
    pods.set(3, app: "b")
    #expect(pods.names("a") == ["pod-1!"])
    #expect(pods.names("b") == ["pod-3", "pod-2"])
    pods.set(2, app: nil)
    #expect(pods.names("b") == ["pod-3"])
    pods.set(2, app: "b")
    #expect(pods.names("b") == ["pod-3", "pod-2"])
  }

  @Test func `are looked at again only when one of them has changed`() {
    let pods = Pods()
    pods.set(1, app: "a")
    pods.set(2, app: "b")
    let selection = pods.selected.selection("default", LabelQuery(["app": "a"]))
    #expect(pods.selected.pods(selection) == ["pod-1"])
    pods.set(2, app: "b", phase: "!")
    #expect(pods.selected.pods(selection) == ["pod-1"])
    #expect(pods.looks == 1)
    pods.set(1, app: "a", phase: "!")
    #expect(pods.selected.pods(selection) == ["pod-1!"])
    #expect(pods.looks == 2)
    #expect(selection.isFollowed)
  }
}
