/// A scenario as its author wrote it, read and checked: a cluster, services, traffic, what happens,
/// and what must hold.
///
/// Every quantity is in the unit that its name says; durations are `Duration`.
package struct ScenarioFile {
  /// The version of the language that this reads.
  package static let languageVersion = 1

  /// The file's path as it was given, for messages.
  package var path: String
  /// The scenario's name; by default the file's name without folder and ending.
  package var name: String
  /// The values of a matrix's parameters in this run, in the order of the file; else empty.
  package var parameters: [(name: String, value: String)] = []
  /// What the story teaches, in one sentence.
  package var moral: String
  /// The default seed.
  package var seed: UInt64
  /// How long the story lasts, in virtual time.
  package var duration: Duration
  /// The cluster and its nodes.
  package var cluster: ClusterSection
  /// Timings of the world around the pods.
  package var world: WorldSection
  /// Applications with their models and services.
  package var applications: [ApplicationSection]
  /// Who sends requests.
  package var traffic: [TrafficSection]
  /// What the operator does and what breaks.
  package var timeline: [TimelineEntry]
  /// Parts of the story by name, in order.
  package var phases: [Phase]
  /// What must hold, `steady` first.
  package var checks: [Check]
  /// What the table of a matrix shows.
  package var columns: [Column]

  /// The service that a reference names.
  package func service(_ reference: ServiceReference) -> ServiceSection? {
    applications.first { $0.name == reference.application }?.services
      .first { $0.level == reference.level }
  }
}

/// A place in a scenario file.
package struct SourceLocation: Hashable {
  /// The line, from 1.
  package var line: Int
  /// The column, from 1.
  package var column: Int
  /// The file, where it is not the scenario's own.
  package var file: String?
}

/// The cluster of a scenario.
package struct ClusterSection {
  /// The domain under which the ingress serves the services' hosts.
  package var domain: String
  /// The nodes.
  package var nodes: [NodeSection]
}

/// One node.
package struct NodeSection {
  /// The node's name.
  package var name: String
  /// Labels, sorted by key.
  package var labels: [(String, String)]
  /// CPU capacity in thousandths of a core.
  package var cpuMilli: Int64
  /// Memory capacity in bytes.
  package var memoryBytes: Int64
  /// How many pods the node takes.
  package var pods: Int
}

/// How long the things outside the pods take.
package struct WorldSection {
  /// Time to pull an image that a node has not pulled before.
  package var imagePull: Duration = .seconds(4)
  /// Time to clone a service's repository.
  package var gitClone: Duration = .seconds(3)
  /// Time that the boot script takes after the clone.
  package var bootScript: Duration = .seconds(2)
  /// One-way delay between two hosts.
  package var networkLatency: Duration = .microseconds(250)
}

/// An application: a predictor, its models, its services.
package struct ApplicationSection {
  /// The name, at most 20 characters (a rule of Drucker).
  package var name: String
  /// The predictor that answers.
  package var predictor: String
  /// CPU time of one prediction.
  package var predictCPU: Duration
  /// CPU time to load a model.
  package var loadCPU: Duration
  /// Models by the name that they have in storage, with the file that they come from.
  package var models: [(name: String, file: String, location: SourceLocation)]
  /// The services.
  package var services: [ServiceSection]
}

/// A service: every field of the dashboard's form.
package struct ServiceSection {
  /// The service level.
  package var level: String
  /// The model that it starts with.
  package var model: String
  /// The container port.
  package var port: Int
  /// The image.
  package var image: String
  /// The repository that a pod clones at boot.
  package var gitURL: String
  /// The branch.
  package var gitBranch: String
  /// The script that a pod runs after the clone.
  package var bootScript: String
  /// CPU request in thousandths of a core.
  package var cpuRequestMilli: Int64
  /// CPU limit in thousandths of a core.
  package var cpuLimitMilli: Int64
  /// Memory request in bytes.
  package var memoryRequestBytes: Int64
  /// Memory limit in bytes.
  package var memoryLimitBytes: Int64
  /// Replicas at the start.
  package var replicasDefault: Int
  /// The autoscaler's lower bound.
  package var replicasMinimum: Int
  /// The autoscaler's upper bound.
  package var replicasMaximum: Int
  /// The autoscaler's target, percent of the CPU request.
  package var cpuThresholdPercent: Int
  /// Pods above the desired number during a rollout.
  package var maxSurge: Int
  /// Pods below the desired number during a rollout.
  package var maxUnavailable: Int
  /// Seconds that a new pod must stay ready before it counts (minReadySeconds).
  package var waitSeconds: Int
  /// How many of its pods may be evicted at a time; nil: all.
  package var budget: Budget?
  /// A note.
  package var memo: String
  /// Where the service begins in the file.
  package var location: SourceLocation
}

/// A PodDisruptionBudget: a number of pods or a percentage.
package enum Budget {
  /// So many pods must stay available.
  case minAvailable(String)
  /// So many pods may be unavailable.
  case maxUnavailable(String)
}

/// `application/level`, as timeline, traffic and checks name a service.
package struct ServiceReference: Hashable, CustomStringConvertible {
  /// The application's name.
  package var application: String
  /// The service level.
  package var level: String

  /// `application/level`.
  package var description: String { "\(application)/\(level)" }
}

/// A source of requests.
package struct TrafficSection {
  /// When requests are sent.
  package enum Load {
    /// By a schedule that begins at the source's start, whatever becomes of the answers.
    case schedule(RateSchedule, ArrivalProcess)
    /// At the times of a CSV file, counted from the source's start.
    case replay(file: String)
    /// Each client when it has its answer, after a pause.
    case clients(Int, pause: Duration)
  }

  /// What is sent.
  package enum Payload {
    /// Rows of a CSV file, label first, then the values.
    case file(String)
    /// So many integers of a range, without a label.
    case generated(length: Int, values: ClosedRange<Int>)
  }

  /// What a client tries again.
  package struct Retries {
    /// Calls in all.
    package var attempts: Int
    /// Before the second call; doubled before each further one.
    package var backOff: Duration
    /// gRPC status codes by name.
    package var statuses: [String]
  }

  /// Its name, for reports and random streams.
  package var name: String
  /// The service that it calls.
  package var target: ServiceReference
  /// When requests are sent.
  package var load: Load
  /// When it begins, since the story's start.
  package var from: Duration
  /// When it ends, since the story's start.
  package var until: Duration
  /// How long a call may take.
  package var deadline: Duration
  /// What is tried again; nil: nothing.
  package var retries: Retries?
  /// What is sent.
  package var payload: Payload
  /// Arrivals of each such time go to the pods together, without a network; nil: real calls.
  package var aggregate: Duration?
  /// Where it begins in the file.
  package var location: SourceLocation
}
