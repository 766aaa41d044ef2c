package import SimulationKernel

/// One pod of a service over time.
package struct PodRecording {
  /// What a pod is doing, as its colour in a report tells it.
  package enum State: String, CaseIterable {
    /// It has no machine.
    case pending
    /// It pulls its image, boots, loads its model, and was not ready since its process began.
    case starting
    /// It takes requests.
    case ready
    /// It was ready and is not, or was told by a probe.
    case notReady
    /// Its process has ended, or its image cannot be had; the kubelet waits before it tries again.
    case backOff
    /// It was told to stop.
    case terminating
    /// It has ended and will not be started again.
    case ended
  }

  /// A change of state.
  package struct Change {
    /// When it changed.
    package var time: SimulationTime
    /// What it became.
    package var state: State
    /// Why, in one word, such as `CrashLoopBackOff`; empty where nobody says.
    package var reason: String
  }

  /// The end of a container's process.
  package struct Exit {
    /// When the kubelet wrote it.
    package var time: SimulationTime
    /// The exit code.
    package var code: Int
    /// Why, in one word, such as `OOMKilled`.
    package var reason: String
    /// Why, in a sentence; may be empty.
    package var message: String
  }

  /// The pod's name.
  package var name: String
  /// The pod's service.
  package var service: ServiceReference
  /// The hash of its template.
  package var revision: String
  /// The machine that it was put on; empty: none.
  package var node = ""
  /// When it was created.
  package var created: SimulationTime
  /// When it was given a machine.
  package var scheduled: SimulationTime?
  /// When its process first ran.
  package var started: SimulationTime?
  /// What it did, in order.
  package var changes: [Change] = []
  /// How its processes ended, in order.
  package var exits: [Exit] = []
  /// How often its containers were started again.
  package var restarts = 0
  /// When it was told to stop.
  package var toldToStop: SimulationTime?
  /// When it was gone.
  package var deleted: SimulationTime?
  /// Why it was told to stop, as far as anybody said.
  package var why: String?
  /// Changes and exits that the limit left out.
  package var leftOut = 0

  /// The times at which it was ready, up to `end`.
  package func readyTimes(until end: SimulationTime) -> [(
    from: SimulationTime, until: SimulationTime
  )] {
    changes.indices.compactMap { index in
      guard changes[index].state == .ready else { return nil }
      let next = index + 1 < changes.count ? changes[index + 1].time : deleted ?? end
      return (changes[index].time, next)
    }
  }

  mutating func note(_ state: State, _ reason: String, at time: SimulationTime) {
    if let last = changes.last, last.state == state, last.reason == reason { return }
    let change = Change(time: time, state: state, reason: reason)
    if changes.count >= RecordingLimits.podChangesMax {
      changes[changes.count - 1] = change
      leftOut += 1
    } else {
      changes.append(change)
    }
  }

  mutating func note(_ exit: Exit) {
    if exits.count >= RecordingLimits.podChangesMax {
      exits[exits.count - 1] = exit
      leftOut += 1
    } else {
      exits.append(exit)
    }
  }
}
