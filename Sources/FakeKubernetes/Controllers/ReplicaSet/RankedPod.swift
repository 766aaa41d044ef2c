package import KubernetesAPI

extension DeletionRanking {
  /// All that decides whether a pod goes before another one.
  package struct RankedPod {
    /// A time that is not there.
    static let never = Int64.min

    /// The number of active related pods on its node.
    var rank: Int32
    let isBound: Bool
    let isReady: Bool
    let phaseOrder: UInt8
    let cost: Int32
    let restarts: Int32
    let sidecarRestarts: Int32
    /// Seconds since 1970, or `never`.
    let readySince: Int64
    /// Seconds since 1970, or `never`.
    let created: Int64
    let uid: String
    /// The first eight bytes of the uid as a number, which nearly always tells uids apart.
    private let uidStart: UInt64

    package init(pod: Pod, rank: Int) {
      self.rank = Int32(truncatingIfNeeded: rank)
      isBound = !pod.spec.nodeName.isEmpty
      phaseOrder = Self.phaseOrder(pod)
      let annotations = pod.metadata.annotations
      cost = annotations.isEmpty ? 0 : annotations[deletionCost].flatMap(Self.cost) ?? 0
      let conditions = pod.status.conditions
      let ready = conditions.index(of: "Ready")
      isReady = ready.map { conditions[$0].status == .true } ?? false
      readySince =
        isReady
        ? ready.flatMap { conditions[$0].lastTransitionTime }?.seconds ?? Self.never : Self.never
      var restarts = 0
      for container in pod.status.containerStatuses {
        restarts = max(restarts, container.restartCount)
      }
      self.restarts = Int32(truncatingIfNeeded: restarts)
      sidecarRestarts = Self.sidecarRestarts(pod)
      created = pod.metadata.creationTimestamp?.seconds ?? Self.never
      uid = pod.metadata.uid
      uidStart = uid.utf8.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The restarts of the sidecar that restarted most often.
    private static func sidecarRestarts(_ pod: Pod) -> Int32 {
      let statuses = pod.status.initContainerStatuses
      if statuses.isEmpty { return 0 }
      let sidecars = pod.spec.content.value.initContainers.filter { $0.restartPolicy == "Always" }
      let restarts = statuses.reduce(0) { most, status in
        sidecars.contains { $0.name == status.name } ? max(most, status.restartCount) : most
      }
      return Int32(truncatingIfNeeded: restarts)
    }

    /// A cost, nil if it begins with a plus sign or a needless zero (`pkg/apis/core/helper`).
    private static func cost(_ text: String) -> Int32? {
      text.hasPrefix("+") || text.hasPrefix("0") && text != "0" ? nil : Int32(text)
    }

    private static func phaseOrder(_ pod: Pod) -> UInt8 {
      switch pod.status.phase {
      case "Pending": 0
      case "Running": 2
      default: 1
      }
    }

    func hasLesserUID(than other: RankedPod) -> Bool {
      uidStart != other.uidStart ? uidStart < other.uidStart : uid < other.uid
    }
  }
}
