public import Measurement

/// A page with the latencies of one or two targets by percentile, which needs no network and no script.
///
/// The horizontal axis is that of HdrHistogram's plots: each nine takes as much room as the one before.
public enum LatencyPlot {
  private static let left = 80.0
  private static let top = 40.0
  private static let width = 820.0
  private static let height = 400.0
  private static let colours = ["#1f6fb2", "#c8571b"]
  private static let nines = 5.0

  /// The page as HTML; `title` says what was measured.
  public static func html(
    title: String, _ series: [(name: String, histogram: LatencyHistogram)]
  ) -> String {
    let highest = Swift.max(1, series.map { $0.histogram.max }.max() ?? 1)
    var parts = grid(highest)
    for (index, line) in series.enumerated() {
      let colour = colours[index % colours.count]
      parts.append(
        "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" points=\""
          + points(line.histogram, highest) + "\"/>")
      let height = Int(top) + 20 + 20 * index
      parts.append(
        "<text x=\"\(Int(left) + 12)\" y=\"\(height)\" fill=\"\(colour)\">"
          + escaped(line.name) + "</text>")
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title></head>
      <body style="font-family: sans-serif">
      <p>\(escaped(title))</p>
      <svg width="940" height="500" font-size="13" fill="#333">
      \(parts.joined(separator: "\n"))
      </svg></body></html>

      """
  }

  /// Lines at each nine and at each quarter of the highest latency.
  private static func grid(_ highest: Int64) -> [String] {
    var parts: [String] = []
    let bottom = top + height
    for (percentile, name) in [
      (0.0, "0"), (50, "50"), (90, "90"), (99, "99"), (99.9, "99.9"), (99.99, "99.99"),
    ] {
      let x = pixels(left + width * place(percentile))
      parts.append(
        "<line x1=\"\(x)\" y1=\"\(Int(top))\" x2=\"\(x)\" y2=\"\(Int(bottom))\" stroke=\"#ddd\"/>"
          + "<text x=\"\(x)\" y=\"\(Int(bottom) + 18)\" text-anchor=\"middle\">\(name) %</text>")
    }
    for quarter in 0...4 {
      let y = pixels(bottom - height * Double(quarter) / 4)
      let time = LoadTime.text(Double(highest) * Double(quarter) / 4)
      parts.append(
        "<line x1=\"\(Int(left))\" y1=\"\(y)\" x2=\"\(Int(left + width))\" y2=\"\(y)\""
          + " stroke=\"#ddd\"/><text x=\"\(Int(left) - 6)\" y=\"\(y)\" text-anchor=\"end\">"
          + "\(time)</text>")
    }
    return parts
  }

  private static func points(_ histogram: LatencyHistogram, _ highest: Int64) -> String {
    var points: [String] = []
    for step in 0...200 {
      let share = Double(step) / 200
      let percentile = 100 * (1 - power(share * nines))
      let value = Double(Swift.min(histogram.percentile(percentile), highest))
      let y = top + height * (1 - value / Double(highest))
      points.append("\(pixels(left + width * share)),\(pixels(y))")
    }
    return points.joined(separator: " ")
  }

  /// Where a percentile lies: 0 for 0 %, a fifth for 90 %, two fifths for 99 %.
  static func place(_ percentile: Double) -> Double {
    let rest = Swift.max(1 - percentile / 100, 1e-9)
    return Swift.min(1, -NaturalLogarithm.of(rest) / NaturalLogarithm.of(10) / nines)
  }

  /// One tenth to a power.
  private static func power(_ exponent: Double) -> Double {
    Comparison.exponential(-exponent * NaturalLogarithm.of(10))
  }

  private static func pixels(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
