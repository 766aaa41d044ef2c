import Measurement

/// A condition under which a load has failed, such as `p99>5ms`.
public struct LoadThreshold: Sendable {
  private enum Figure {
    case percentile(Double)
    case mean
    case maximum
    case errors
    case errorShare
    case rate
  }

  /// The condition as it was written.
  public let text: String
  private let figure: Figure
  private let isAbove: Bool
  private let isOrEqual: Bool
  private let limit: Double

  /// Reads a figure, a comparison and a limit: `p99.9>=20ms`, `errors>0`, `error-rate>1%`,
  /// `rate<1000/s`, with `mean` and `max` besides; nil for what is none.
  public init?(_ text: String) {
    let bare = String(text.filter { $0 != " " })
    guard let place = bare.firstIndex(where: { $0 == "<" || $0 == ">" }) else {
      return nil
    }
    let name = String(bare[..<place])
    var limit = bare[bare.index(after: place)...]
    self.text = text
    isAbove = bare[place] == ">"
    isOrEqual = limit.hasPrefix("=")
    if isOrEqual { limit = limit.dropFirst() }
    guard let figure = Self.figure(name), let number = Self.number(String(limit), figure) else {
      return nil
    }
    self.figure = figure
    self.limit = number
  }

  private static func figure(_ name: String) -> Figure? {
    switch name {
    case "mean": return .mean
    case "max": return .maximum
    case "errors": return .errors
    case "error-rate": return .errorShare
    case "rate": return .rate
    default:
      guard name.hasPrefix("p"), let percentile = Double(name.dropFirst()),
        (0...100).contains(percentile)
      else { return nil }
      return .percentile(percentile)
    }
  }

  private static func number(_ text: String, _ figure: Figure) -> Double? {
    switch figure {
    case .percentile, .mean, .maximum:
      // Without a unit nobody knows what is meant.
      guard text.last?.isNumber == false else { return nil }
      return LoadTime.parse(text).map(Double.init)
    case .errors: return Double(text)
    case .errorShare:
      return text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
    case .rate: return Double(text.hasSuffix("/s") ? String(text.dropLast(2)) : text)
    }
  }

  /// Whether the condition holds, which fails the benchmark.
  public func holds(_ result: LoadResult) -> Bool {
    let value = value(result)
    if isOrEqual, value == limit { return true }
    return isAbove ? value > limit : value < limit
  }

  private func value(_ result: LoadResult) -> Double {
    switch figure {
    case .percentile(let percentile): Double(result.latencies.percentile(percentile))
    case .mean: result.latencies.mean
    case .maximum: Double(result.latencies.max)
    case .errors: Double(result.errors)
    case .errorShare: result.calls == 0 ? 0 : Double(result.errors) / Double(result.calls)
    case .rate: result.perSecond
    }
  }
}
