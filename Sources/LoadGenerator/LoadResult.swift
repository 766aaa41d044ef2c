public import GRPC
public import Measurement

/// What a slice of a load has measured.
public struct LoadResult: Sendable {
  /// From a call's intended beginning to its end, of the calls that were answered.
  ///
  /// The intended beginning is that of the schedule; of a closed load it is when the call was sent.
  public var latencies = LatencyHistogram()

  /// From a call's sending to its end, of the calls that were answered.
  public var serviceTimes = LatencyHistogram()

  /// From the intended beginning to the sending, of calls that had no stream to wait for.
  public var lateness = LatencyHistogram()

  /// How many calls ended with each status.
  public var statuses: [GRPCStatusCode: Int] = [:]

  /// How many calls found all streams taken when they were to begin.
  public var starved = 0

  /// How many calls had not been sent, or had not ended, when the time to wait was over.
  public var unfinished = 0

  /// The length of the measurement, in nanoseconds.
  public var windowNanoseconds: Int64 = 0

  /// How many calls ended within it.
  public var endedInWindow = 0

  /// CPU time that the generator's thread and the server's process used within it.
  public var generatorNanoseconds: Int64?
  /// CPU time of the server's process, if it runs on this machine.
  public var serverNanoseconds: Int64?

  /// Nothing measured.
  public init() {}

  /// Calls that were measured.
  public var calls: Int { statuses.values.reduce(0, +) + unfinished }

  /// Calls that ended with another status than OK, or not at all.
  public var errors: Int { calls - (statuses[.ok] ?? 0) }

  /// Calls that ended each second.
  public var perSecond: Double {
    windowNanoseconds == 0 ? 0 : Double(endedInWindow) * 1e9 / Double(windowNanoseconds)
  }

  /// Adds another slice of the same load.
  public mutating func merge(_ other: LoadResult) {
    latencies.merge(other.latencies)
    serviceTimes.merge(other.serviceTimes)
    lateness.merge(other.lateness)
    statuses.merge(other.statuses) { $0 + $1 }
    starved += other.starved
    unfinished += other.unfinished
    windowNanoseconds += other.windowNanoseconds
    endedInWindow += other.endedInWindow
    generatorNanoseconds = Self.sum(generatorNanoseconds, other.generatorNanoseconds)
    serverNanoseconds = Self.sum(serverNanoseconds, other.serverNanoseconds)
  }

  private static func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
    guard let left, let right else { return left ?? right }
    return left + right
  }

  /// Why the figures may be the generator's own, and not the target's; empty when they are not.
  public var doubts: [String] {
    var doubts: [String] = []
    if let generatorNanoseconds, windowNanoseconds > 0 {
      let share = Double(generatorNanoseconds) / Double(windowNanoseconds)
      if share > 0.9 {
        doubts.append(
          "the generator was the bottleneck: its thread was busy \(Int(share * 100)) % of the time")
      }
    }
    let late = lateness.percentile(99)
    if late > 1_000_000, late > latencies.percentile(50) / 10 {
      doubts.append(
        "the generator was late: one call in a hundred by \(late / 1_000) us or more,"
          + " though a stream was free")
    }
    if starved * 100 > calls {
      doubts.append(
        "\(starved) of \(calls) calls waited for a free stream; they count from their intended"
          + " time, but more --connections or --streams would have sent them on time")
    }
    return doubts
  }
}
