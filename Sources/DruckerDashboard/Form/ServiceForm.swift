/// Everything that the dashboard asks for when a service is added or edited.
///
/// The defaults are those of the form.
package struct ServiceForm: Sendable, Equatable {
  /// The application's name, at most 20 characters.
  package var applicationName = "drucker-sample"
  /// One of `ServiceLevel`; the namespace of the service's objects.
  package var serviceLevel = "development"
  /// The port that the worker listens on.
  package var servicePort = 5_000
  /// How many replicas the Deployment starts with.
  package var replicasDefault = 1
  /// How few replicas the autoscaler may leave.
  package var replicasMinimum = 1
  /// How many replicas the autoscaler may make.
  package var replicasMaximum = 1
  /// The CPU use that the autoscaler aims at, in percent of the request.
  package var autoscaleCPUThreshold = 80
  /// How many replicas a rolling update may have above the wanted number.
  package var policyMaxSurge = 1
  /// How many replicas a rolling update may lack.
  package var policyMaxUnavailable = 0
  /// How long a new pod must be ready before it counts, in seconds.
  package var policyWaitSeconds = 300
  /// The container's image.
  package var containerImage = "centos:centos7"
  /// CPU request as a Kubernetes quantity.
  package var resourceRequestCPU = "1.0"
  /// Memory request as a Kubernetes quantity.
  package var resourceRequestMemory = "128Mi"
  /// CPU limit as a Kubernetes quantity.
  package var resourceLimitCPU = "1.0"
  /// Memory limit as a Kubernetes quantity.
  package var resourceLimitMemory = "256Mi"
  /// The memo; a change of it restarts the pods.
  package var commitMessage = "Initial deployment."
  /// The repository that the container clones.
  package var serviceGitURL = "git@github.com:drucker/drucker-sample.git"
  /// The branch that it checks out.
  package var serviceGitBranch = "master"
  /// The script that it runs after that.
  package var serviceBootScript = "start.sh"

  package init() {}
}

/// The stages that a service may be at; each is a namespace.
package enum ServiceLevel: String, Sendable, CaseIterable {
  case development
  case beta
  case staging
  case sandbox
  case production
}
