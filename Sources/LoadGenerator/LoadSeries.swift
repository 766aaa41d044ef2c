import Transport

/// Measures one target, or two in turns, slice by slice.
///
/// Of two, each round measures both, the first one first in every other round, so that what changes
/// with time hits both alike. Everything happens on the event loop's thread.
public final class LoadSeries {
  private let targets: [LoadTarget]
  private let plan: LoadPlan
  private let rounds: Int
  private var results: [[LoadResult]]
  private var completion: ([[LoadResult]]) -> Void = { _ in }

  /// Called before a slice with the number of slices that are done, and of all.
  public var onProgress: (Int, Int) -> Void = { _, _ in }

  /// A series; of one target there is one slice, of two there are two a round.
  public init(_ targets: [LoadTarget], plan: LoadPlan, rounds: Int) {
    self.targets = targets
    self.plan = plan
    self.rounds = targets.count == 1 ? 1 : rounds
    results = Array(repeating: [], count: targets.count)
  }

  /// Opens the connections, measures, and calls `completion` with each target's slices.
  public func run(completion: @escaping ([[LoadResult]]) -> Void) {
    self.completion = completion
    open(0)
  }

  private func open(_ index: Int) {
    guard index < targets.count else { return measure(0) }
    targets[index].open { [self] in open(index + 1) }
  }

  private func measure(_ step: Int) {
    let (round, half) = (step / targets.count, step % targets.count)
    guard round < rounds else {
      for target in targets { target.close() }
      return completion(results)
    }
    onProgress(step, rounds * targets.count)
    let index = round % 2 == 0 ? half : targets.count - 1 - half
    var end = plan.end
    if case .time(let nanoseconds) = end { end = .time(nanoseconds / Int64(rounds)) }
    // Later slices only have to find their stride again.
    let warmUp = round == 0 ? plan.warmUpNanoseconds : min(plan.warmUpNanoseconds, 100_000_000)
    targets[index].measure(
      warmUpNanoseconds: warmUp, until: end, seed: plan.seed &+ UInt64(round)
    ) { [self] result in
      results[index].append(result)
      measure(step + 1)
    }
  }
}
