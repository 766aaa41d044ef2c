/// Creates in batches that double, so that a failure is not repeated many times.
package enum SlowStart {
  /// `pkg/controller/controller_utils.go` SlowStartInitialBatchSize.
  package static let initialBatch = 1

  /// Calls `create` up to `count` times in batches of 1, 2, 4…; a batch with a failure is the last.
  ///
  /// `concurrently` runs the calls of one batch. Returns the number of successes and the first
  /// failure. Source: `pkg/controller/replicaset/replica_set.go` slowStartBatch.
  package static func run<Failure: Error>(
    count: Int, initialBatch: Int = SlowStart.initialBatch,
    concurrently: (() -> Void) -> Void = { $0() },
    _ create: @escaping () throws(Failure) -> Void
  ) -> (successes: Int, failure: Failure?) {
    var left = count
    var successes = 0
    var batch = min(left, initialBatch)
    while batch > 0 {
      var failure: Failure?
      concurrently {
        for _ in 0..<batch {
          do throws(Failure) {
            try create()
            successes += 1
          } catch {
            failure = failure ?? error
          }
        }
      }
      if let failure { return (successes, failure) }
      left -= batch
      batch = min(2 * batch, left)
    }
    return (successes, nil)
  }
}
