package import KubernetesAPI

/// Somebody who sees the changes of a table in order, but later than they were made.
package class Follower<Object: KubernetesObject> {
  /// The number of the first change that it has not seen yet.
  @exclusivity(unchecked) final var cursor = 0

  /// Tells that a change was made that would take effect `latency` nanoseconds later.
  func committed(_ latency: Int64) {
    preconditionFailure("a follower of nothing is told of nothing")
  }
}
