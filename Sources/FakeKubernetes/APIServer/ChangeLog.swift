import KubernetesAPI

/// The changes of one kind's objects in order, numbered from 0.
///
/// It keeps what a follower has not seen yet, and the latest ones for watches that start in the
/// past.
struct ChangeLog<Object: KubernetesObject> {
  /// After so many changes it is looked at which of them nobody needs any more.
  private static var trimInterval: Int { 256 }

  private var changes: [TypedChange<Object>] = []
  /// The number of the first change that is kept.
  private var start = 0
  /// The number of the first change that watches may start from.
  private var historyBegin = 0
  /// The number of the first change of which somebody may not know.
  private var unseen = 0
  private var untrimmed = 0
  /// The version before the first change of the history.
  private(set) var historyStart: Int64 = 0

  /// The number that the next change will have.
  var end: Int { start + changes.count }

  subscript(number: Int) -> TypedChange<Object> { changes[number - start] }

  /// The changes that a watch may start from, oldest first.
  var history: ArraySlice<TypedChange<Object>> { changes[(historyBegin - start)...] }

  mutating func append(_ change: TypedChange<Object>, historyMax: Int) {
    changes.append(change)
    untrimmed += 1
    if end - historyBegin >= 2 * historyMax { forgetHistory(keeping: historyMax) }
  }

  /// Whether it is time to look which changes may go.
  var isTrimDue: Bool { untrimmed >= Self.trimInterval }

  /// Lets go of changes that no follower and no watch needs; `body` gets each that all have seen,
  /// once.
  mutating func trim(seenByAll end: Int, _ body: (Int, TypedChange<Object>) -> Void) {
    untrimmed = 0
    while unseen < end {
      body(unseen, self[unseen])
      unseen += 1
    }
    // Moving up what is left costs as much as there is: not before half of it may go.
    let free = min(unseen, historyBegin) - start
    guard free > Self.trimInterval, 2 * free >= changes.count else { return }
    changes.removeFirst(free)
    start += free
  }

  /// Watches may start only from the last `count` changes on.
  mutating func forgetHistory(keeping count: Int) {
    let first = end - count
    guard first > historyBegin else { return }
    historyStart = self[first - 1].version
    historyBegin = first
  }
}
