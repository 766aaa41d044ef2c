import SimulationKernel

/// The requests of a service that were to be sent and have not ended, by number.
///
/// Numbers only grow. What is kept begins with the first request that has not ended, so that a long
/// story keeps as much as is on its way, not as much as there ever was.
struct OpenRequests {
  /// So many that have ended are kept at least, before they are let go.
  private static let endedMax = 1024

  private struct Request {
    let intended: SimulationTime
    let count: Int
    var hasEnded = false
  }

  private var requests: [Request] = []
  /// The number of the first that is kept.
  private var base = 0
  /// The place among the kept of the first that has not ended.
  private var first = 0

  /// Adds a request, or so many at once.
  ///
  /// - Returns: Its number.
  mutating func append(_ intended: SimulationTime, _ count: Int) -> Int {
    requests.append(Request(intended: intended, count: count))
    return base + requests.count - 1
  }

  /// Ends a request, once.
  mutating func end(_ number: Int) {
    requests[number - base].hasEnded = true
    while first < requests.count, requests[first].hasEnded { first += 1 }
    if first > Self.endedMax, first > requests.count / 2 {
      requests.removeFirst(first)
      base += first
      first = 0
    }
  }

  /// When the earliest was to be sent; nil: there is none.
  var earliest: SimulationTime? { first < requests.count ? requests[first].intended : nil }

  /// All of them, in the order in which they began.
  var all: [(intended: SimulationTime, count: Int)] {
    requests[first...].filter { !$0.hasEnded }.map { ($0.intended, $0.count) }
  }
}
