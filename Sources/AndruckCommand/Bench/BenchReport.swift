import DruckerProtocol
import GRPC
import JSON
import LoadGenerator
import Measurement

/// What a benchmark found, as text and as JSON.
struct BenchReport {
  private let arguments: BenchArguments
  private let slices: [[LoadResult]]
  private let results: [LoadResult]

  init(_ arguments: BenchArguments, _ slices: [[LoadResult]], _ results: [LoadResult]) {
    self.arguments = arguments
    self.slices = slices
    self.results = results
  }

  private static let percentiles = [50, 75, 90, 95, 99, 99.9, 99.99]

  /// The name of a percentile, such as `p99.9`.
  private static func name(_ percentile: Double) -> String {
    percentile == percentile.rounded() ? "p\(Int(percentile))" : "p\(percentile)"
  }

  // MARK: Text

  var text: String {
    var lines = ["bench  \(load)"]
    for (target, result) in zip(arguments.targets, results) {
      lines.append("")
      lines.append("  \(target.name)")
      lines.append(contentsOf: self.lines(result).map { "    " + $0 })
    }
    if results.count == 2 {
      lines.append("")
      lines.append(
        "  \(arguments.targets[0].name) to \(arguments.targets[1].name), \(slices[0].count) rounds")
      for figure in Comparison(slices[0], slices[1]).figures {
        lines.append(
          "    " + Self.padded(figure.name) + Self.ratio(figure.ratio.mean) + "  (95 %: "
            + Self.ratio(figure.ratio.low) + " to " + Self.ratio(figure.ratio.high) + ")"
            + (figure.ratio.isDifferent ? "" : "  no difference shown"))
      }
    }
    return lines.joined(separator: "\n")
  }

  var load: String {
    let plan = arguments.plan
    let shape =
      switch plan.shape {
      case .closed(let concurrency): "closed loop of \(concurrency)"
      case .open(let rate, let arrivals):
        "open loop of \(LoadTime.decimal(rate))/s, \(arrivals.rawValue)"
      }
    let end =
      switch plan.end {
      case .time(let nanoseconds): LoadTime.text(Double(nanoseconds))
      case .count(let count): "\(count) calls"
      }
    let call = arguments.calls.count == 1 ? arguments.calls[0].name : "all 25 predictions"
    return "\(call), \(shape), \(plan.connections) connections of"
      + " \(plan.streamsPerConnection) streams, \(end) after"
      + " \(LoadTime.text(Double(plan.warmUpNanoseconds))) of warm-up"
  }

  private func lines(_ result: LoadResult) -> [String] {
    var lines = [
      Self.padded("throughput") + "\(LoadTime.decimal(result.perSecond))/s,"
        + " \(result.calls) calls, \(result.errors) errors",
      Self.padded("latency") + Self.latencies(result.latencies),
    ]
    if case .open = arguments.plan.shape {
      lines.append(Self.padded("  of service") + Self.latencies(result.serviceTimes))
    }
    let statuses = result.statuses.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key) \($0.value)" }
    let unfinished = result.unfinished > 0 ? ["unfinished \(result.unfinished)"] : []
    lines.append(Self.padded("statuses") + (statuses + unfinished).joined(separator: ", "))
    let processors = [
      Self.processor("generator's thread", result.generatorNanoseconds, result),
      Self.processor("server's process", result.serverNanoseconds, result),
    ].compactMap(\.self)
    if !processors.isEmpty { lines.append(Self.padded("cpu") + processors.joined(separator: "; ")) }
    lines.append(contentsOf: result.doubts.map { Self.padded("doubt") + $0 })
    return lines
  }

  private static func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(1, 13 - name.count))
  }

  private static func latencies(_ histogram: LatencyHistogram) -> String {
    let parts = percentiles.map {
      "\(name($0)) \(LoadTime.text(Double(histogram.percentile($0))))"
    }
    return "mean \(LoadTime.text(histogram.mean)), " + parts.joined(separator: ", ")
      + ", max \(LoadTime.text(Double(histogram.max)))"
  }

  private static func processor(
    _ name: String, _ nanoseconds: Int64?, _ result: LoadResult
  ) -> String? {
    guard let nanoseconds, result.windowNanoseconds > 0, result.endedInWindow > 0 else {
      return nil
    }
    let share = Double(nanoseconds) / Double(result.windowNanoseconds)
    let each = Double(nanoseconds) / Double(result.endedInWindow)
    return "\(name) \(Int((share * 100).rounded())) % of a processor,"
      + " \(LoadTime.text(each)) a call"
  }

  private static func ratio(_ number: Double) -> String {
    let thousandths = Int64((number * 1_000).rounded())
    let fraction = String(thousandths % 1_000)
    return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  // MARK: JSON

  var json: JSONValue {
    var members = JSONObject([
      ("load", .string(load)),
      ("targets", .array(zip(arguments.targets, results).map { json($0, $1) })),
    ])
    if results.count == 2 {
      members["comparison"] = .object(
        JSONObject(
          Comparison(slices[0], slices[1]).figures.map { figure in
            (
              figure.name,
              .object(
                JSONObject([
                  ("ratio", .number(figure.ratio.mean)), ("low", .number(figure.ratio.low)),
                  ("high", .number(figure.ratio.high)),
                ]))
            )
          }))
    }
    members["failed"] = .array(
      arguments.thresholds.filter { $0.holds(results[0]) }.map { .string($0.text) })
    return .object(members)
  }

  private func json(_ target: BenchTarget, _ result: LoadResult) -> JSONValue {
    var members = JSONObject([
      ("target", .string(target.name)), ("calls", .integer(Int64(result.calls))),
      ("errors", .integer(Int64(result.errors))),
      ("perSecond", .number(result.perSecond)),
      ("windowNanoseconds", .integer(result.windowNanoseconds)),
      ("latencyNanoseconds", json(result.latencies)),
      ("serviceNanoseconds", json(result.serviceTimes)),
      ("latenessNanoseconds", json(result.lateness)),
      ("starved", .integer(Int64(result.starved))),
      ("unfinished", .integer(Int64(result.unfinished))),
      (
        "statuses",
        .object(
          JSONObject(
            result.statuses.sorted { $0.key.rawValue < $1.key.rawValue }
              .map { ("\($0.key)", .integer(Int64($0.value))) }))
      ),
      ("doubts", .array(result.doubts.map { .string($0) })),
    ])
    if let generator = result.generatorNanoseconds {
      members["generatorNanoseconds"] = .integer(generator)
    }
    if let server = result.serverNanoseconds { members["serverNanoseconds"] = .integer(server) }
    return .object(members)
  }

  private func json(_ histogram: LatencyHistogram) -> JSONValue {
    var members = JSONObject([
      ("count", .integer(histogram.count)), ("mean", .number(histogram.mean)),
      ("min", .integer(histogram.min)),
    ])
    for percentile in Self.percentiles {
      members[Self.name(percentile)] = .integer(histogram.percentile(percentile))
    }
    members["max"] = .integer(histogram.max)
    return .object(members)
  }
}
