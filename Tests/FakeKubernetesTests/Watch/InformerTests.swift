import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

@Suite struct `An informer` {
  private let simulation = Simulation(seed: 1)
  private let server: APIServer

  init() { server = APIServer(simulation: simulation) }

  private func informer(_ delay: Duration) -> Informer<Pod> {
    Informer(server: server, component: "test \(delay)", delay: delay...delay)
  }

  private func pod(_ name: String, node: String = "") -> Pod {
    var pod = Pod()
    pod.metadata.namespace = "default"
    pod.metadata.name = name
    pod.spec.nodeName = node
    pod.spec.containers = [Container()]
    pod.spec.containers[0].name = "main"
    pod.spec.containers[0].image = "image"
    return pod
  }

  @Test func `sees each change when it arrives, and until then what was before`() throws {
    let early = informer(.milliseconds(1))
    let late = informer(.milliseconds(5))
    let made = try server.create(pod("a"))
    #expect(early.find("default", "a") == nil)
    try simulation.run(for: .milliseconds(2))
    #expect(early.find("default", "a") == made)
    #expect(late.list().isEmpty)
    try simulation.run(for: .milliseconds(10))
    #expect(late.find("default", "a") == made)

    try server.bind("default", "a", to: "n1")
    try server.modifyStatus(Pod.self, "default", "a") { $0.status.phase = "Running" }
    #expect(early.find("default", "a") == made)
    try simulation.run(for: .milliseconds(2))
    #expect(early.find("default", "a")?.status.phase == "Running")
    #expect(late.find("default", "a") == made)
    #expect(late.list() == [made])
  }

  @Test func `still lists what is deleted, and what has taken its name only later`() throws {
    let informer = informer(.milliseconds(5))
    let first = try server.create(pod("a"))
    try simulation.run(for: .seconds(1))
    try server.delete(Pod.self, "default", "a", options: DeleteOptions(gracePeriodSeconds: 0))
    let second = try server.create(pod("a"))
    #expect(informer.list() == [first])
    var told: [(old: String?, new: String?)] = []
    informer.onChange { told.append(($0?.metadata.uid, $1?.metadata.uid)) }
    try simulation.run(for: .seconds(1))
    #expect(informer.list() == [second])
    #expect(told.map(\.old) == [nil, first.metadata.uid, nil])
    #expect(told.map(\.new) == [first.metadata.uid, nil, second.metadata.uid])
  }

  @Test func `tells only of aspects that were asked for, and of all that come and go`() throws {
    let informer = informer(.milliseconds(1))
    var bindings = 0
    informer.onChange(of: .binding) { _, _ in bindings += 1 }
    try server.create(pod("a"))
    try server.modifyStatus(Pod.self, "default", "a") { $0.status.phase = "Pending" }
    try server.bind("default", "a", to: "n1")
    try server.modify(Pod.self, "default", "a") { $0.metadata.labels["a"] = "b" }
    try server.delete(Pod.self, "default", "a", options: DeleteOptions(gracePeriodSeconds: 0))
    try simulation.run(for: .seconds(1))
    #expect(bindings == 3)
  }

  @Test func `gets what was held back in order once watches are back`() throws {
    let informer = informer(.milliseconds(1))
    var names: [String] = []
    informer.onChange { _, new in names.append(new?.metadata.name ?? "") }
    try server.create(pod("a"))
    server.faults.areWatchesCut = true
    try server.create(pod("b"))
    try simulation.run(for: .seconds(1))
    #expect(names.isEmpty)
    #expect(informer.list().isEmpty)
    server.faults.areWatchesCut = false
    try server.create(pod("c"))
    try simulation.run(for: .seconds(1))
    #expect(names == ["a", "b", "c"])
  }

  @Test func `keeps a place for one object until all have seen it deleted`() throws {
    let late = informer(.seconds(60))
    var places: Set<Int32> = []
    // More than the table waits for before it looks what may go.
    for number in 0..<1000 {
      places.insert(try server.create(pod("pod-\(number)")).metadata.place)
      try server.delete(
        Pod.self, "default", "pod-\(number)", options: DeleteOptions(gracePeriodSeconds: 0))
    }
    #expect(places.count == 1000)
    try simulation.run(for: .seconds(61))
    #expect(late.list().isEmpty)
    for number in 1000..<2000 {
      places.insert(try server.create(pod("pod-\(number)")).metadata.place)
    }
    #expect(places.count < 2000)
    #expect(server.list(Pod.self).count == 1000)
  }
}
