package import SimulationKernel

/// What a run showed over time: the values that a report draws.
///
/// Times are virtual. What is kept is bounded by `RecordingLimits`; what was left out is counted.
package struct Recording {
  /// Seconds since 1970 at which virtual time begins.
  package var epochSeconds: Int64
  /// When the run ended.
  package var end: SimulationTime
  /// The services, in the order of the scenario.
  package var services: [ServiceRecording]
  /// The machines, in the order of the scenario.
  package var nodes: [NodeRecording]
  /// The services' pods, in the order in which they were created.
  package var pods: [PodRecording]
  /// What the operator did, what broke and which checks failed, in the order of their beginnings.
  package var marks: [Mark]
  /// The phases of the story that have begun, by name.
  package var phases: [(name: String, from: SimulationTime)]
  /// The story, as it was told.
  package var story: [StoryLine]
  /// How much there was beyond the limits.
  package var leftOut: LeftOut

  /// What a recording does not hold, because there was more of it than its limits allow.
  package struct LeftOut: Equatable {
    /// Changes of values over time.
    package var changes = 0
    /// Pods.
    package var pods = 0
    /// Sentences of the story, from its middle.
    package var storyLines = 0
    /// Marks.
    package var marks = 0

    /// Nothing is left out.
    package init() {}
  }
}

/// How much of a run a recording holds at most.
package enum RecordingLimits {
  /// Buckets of requests; their length is the shortest of a ladder that keeps to this.
  package static let bucketsMax = 400
  /// Changes of one value over time; the last one is always kept.
  package static let changesMax = 20_000
  /// Pods.
  package static let podsMax = 4_000
  /// Changes of state, and ends of processes, of one pod; the last one is always kept.
  package static let podChangesMax = 1_000
  /// Sentences of the story: its beginning and its end are kept.
  package static let storyLinesMax = 10_000
  /// Marks, from the first on.
  package static let marksMax = 2_000
}

/// What one service showed over time.
package struct ServiceRecording {
  /// The service.
  package var service: ServiceReference
  /// The name of its latest Deployment; empty: it never had one.
  package var deployment = ""
  /// The Deployment's spec.replicas.
  package var desired = StepSeries<Int>()
  /// status.replicas.
  package var replicas = StepSeries<Int>()
  /// status.updatedReplicas.
  package var updated = StepSeries<Int>()
  /// status.readyReplicas.
  package var ready = StepSeries<Int>()
  /// status.availableReplicas.
  package var available = StepSeries<Int>()
  /// How far the rollout is.
  package var rollout = StepSeries<String>()
  /// The model that the service is assigned.
  package var assignedModel = StepSeries<String>()
  /// CPU in percent of the requests, as the autoscaler last saw it; nil while it sees nothing.
  package var utilisationPercent = StepSeries<Int>()
  /// The autoscaler's target in percent; nil while there is none.
  package var thresholdPercent = StepSeries<Int>()
  /// The ReplicaSets, in the order in which they were created.
  package var revisions: [RevisionRecording] = []
  /// The requests in buckets of equal length.
  package var requests = RequestBuckets()
}

/// The pods of one ReplicaSet over time.
package struct RevisionRecording {
  /// The hash of the pods' template, a part of their names.
  package var hash: String
  /// The Deployment's revision, as last written on the ReplicaSet; nil: it was not written.
  package var number: Int?
  /// Pods that exist, those that are told to stop included.
  package var pods = StepSeries<Int>()
  /// Pods that are ready.
  package var ready = StepSeries<Int>()
}

/// One machine over time.
package struct NodeRecording {
  /// Its name.
  package var name: String
  /// Its condition Ready: `True`, `False` or `Unknown`.
  package var ready = StepSeries<String>()
}
