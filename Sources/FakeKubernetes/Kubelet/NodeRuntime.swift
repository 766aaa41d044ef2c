import KubernetesAPI
import SimulationKernel

/// What the container runtime of one node (containerd's part) knows of a container.
struct ContainerRecord: Equatable {
  enum State: Equatable { case created, running, exited }

  var id: String
  var name: String
  var image: String
  var state: State
  /// Nanoseconds since the simulation's start, as the next two.
  var createdNanoseconds: Int64
  var startedNanoseconds: Int64 = 0
  var finishedNanoseconds: Int64 = 0
  var exitCode = 0
  /// Completed, Error, OOMKilled, StartError, Unknown.
  var reason = ""
  var message = ""
  /// How often the container was started before in this pod.
  var restartCount: Int
}

/// A pod's network namespace and address.
struct SandboxRecord: Equatable {
  var isReady: Bool
  /// Empty for pods on the host's network.
  var ip: String
}

/// What a relist saw of one pod.
struct RuntimePodSnapshot: Equatable {
  /// Newest first.
  var sandboxes: [SandboxRecord] = []
  /// Newest first.
  var containers: [ContainerRecord] = []

  /// The newest record of a container.
  func latest(_ name: String) -> ContainerRecord? { containers.first { $0.name == name } }

  /// The newest ended record of a container.
  func latestExited(_ name: String) -> ContainerRecord? {
    containers.first { $0.name == name && $0.state == .exited }
  }
}

/// The sandboxes, containers and processes of one node.
final class NodeRuntime {
  private let simulation: Simulation
  private let ids: RandomStream
  private var pods: [String: RuntimePodSnapshot] = [:]
  private var processes: [String: any RunningContainer] = [:]
  /// The pods that sandboxes were made for, as their labels tell.
  private(set) var owners: [String: Pod] = [:]
  /// Called with the pod's uid whenever something of it changed.
  var onChanged: (String) -> Void = { _ in }

  init(simulation: Simulation, node: String) {
    self.simulation = simulation
    ids = simulation.randomStream("kubelet/\(node)/ids")
  }

  var podUIDs: [String] { pods.keys.sorted() }

  func snapshot(_ uid: String) -> RuntimePodSnapshot { pods[uid] ?? RuntimePodSnapshot() }

  func process(_ containerID: String) -> (any RunningContainer)? { processes[containerID] }

  /// What all running processes use now.
  var memoryBytes: Int64 { processes.values.reduce(0) { $0 + $1.memoryBytes } }

  /// The running processes of a pod with their containers' names, in order of creation.
  func runningProcesses(_ uid: String) -> [(name: String, process: any RunningContainer)] {
    snapshot(uid).containers.reversed().compactMap { record in
      processes[record.id].map { (record.name, $0) }
    }
  }

  func addSandbox(_ pod: Pod, ip: String) {
    let uid = pod.metadata.uid
    owners[uid] = pod
    pods[uid, default: RuntimePodSnapshot()].sandboxes.insert(
      SandboxRecord(isReady: true, ip: ip), at: 0)
    changed(uid)
  }

  func stopSandboxes(_ uid: String) {
    guard var pod = pods[uid] else { return }
    for index in pod.sandboxes.indices { pod.sandboxes[index].isReady = false }
    pods[uid] = pod
    changed(uid)
  }

  /// Makes a container's record; returns its id of 64 hexadecimal digits.
  func createContainer(_ uid: String, name: String, image: String, restartCount: Int) -> String {
    let id = newID()
    var pod = pods[uid] ?? RuntimePodSnapshot()
    pod.containers.insert(
      ContainerRecord(
        id: id, name: name, image: image, state: .created,
        createdNanoseconds: simulation.now.nanoseconds, restartCount: restartCount),
      at: 0)
    pods[uid] = pod
    changed(uid)
    return id
  }

  /// 64 hexadecimal digits that nothing else has.
  func newID() -> String {
    var id = ""
    for _ in 0..<4 {
      let text = String(ids.next(), radix: 16)
      id += String(repeating: "0", count: 16 - text.count) + text
    }
    return id
  }

  /// Of the runs of a container that have ended the latest one is kept.
  ///
  /// The kubelet removes the others when it sees an end (`pkg/kubelet/pod_container_deletor.go`).
  func removeOlderRuns(_ uid: String) {
    guard var pod = pods[uid] else { return }
    var seen: Set<String> = []
    let count = pod.containers.count
    pod.containers.removeAll { $0.state == .exited && !seen.insert($0.name).inserted }
    if pod.containers.count == count { return }
    pods[uid] = pod
    changed(uid)
  }

  /// Starts the process; false: it could not be started, the record is an ended one.
  func startContainer(
    _ uid: String, id: String, failure: String, start: () -> (any RunningContainer)?
  ) -> Bool {
    update(uid, id) {
      $0.state = .running
      $0.startedNanoseconds = simulation.now.nanoseconds
    }
    guard let process = start() else {
      ended(uid, id, ExitStatus(code: 128, reason: "StartError", message: failure))
      return false
    }
    processes[id] = process
    return true
  }

  /// A process has ended.
  func ended(_ uid: String, _ id: String, _ status: ExitStatus) {
    processes[id] = nil
    update(uid, id) { record in
      guard record.state != .exited else { return }
      record.state = .exited
      record.finishedNanoseconds = simulation.now.nanoseconds
      record.exitCode = status.code
      record.reason = status.reason ?? (status.code == 0 ? "Completed" : "Error")
      record.message = status.message ?? ""
    }
  }

  /// Forgets a pod.
  func removePod(_ uid: String) {
    pods[uid] = nil
    owners[uid] = nil
  }

  /// The machine loses power: processes vanish, records stay as ended ones.
  func loseAllProcesses() {
    let running = processes
    processes = [:]
    for uid in pods.keys.sorted() {
      var pod = pods[uid] ?? RuntimePodSnapshot()
      for index in pod.sandboxes.indices { pod.sandboxes[index].isReady = false }
      for index in pod.containers.indices where pod.containers[index].state != .exited {
        pod.containers[index].state = .exited
        pod.containers[index].exitCode = 255
        pod.containers[index].reason = "Unknown"
        pod.containers[index].finishedNanoseconds = simulation.now.nanoseconds
      }
      pods[uid] = pod
    }
    for id in running.keys.sorted() { running[id]?.kill() }
  }

  private func update(_ uid: String, _ id: String, _ change: (inout ContainerRecord) -> Void) {
    guard var pod = pods[uid], let index = pod.containers.firstIndex(where: { $0.id == id })
    else { return }
    change(&pod.containers[index])
    pods[uid] = pod
    changed(uid)
  }

  private func changed(_ uid: String) { onChanged(uid) }
}
