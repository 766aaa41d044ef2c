import Measurement
import Testing

@testable import LoadGenerator

@Suite struct LatencyPlotTests {
  @Test(arguments: [(0.0, 0.0), (90, 0.2), (99, 0.4), (99.9, 0.6), (99.999, 1), (100, 1)])
  func `each nine takes as much room as the one before`(percentile: Double, place: Double) {
    #expect(abs(LatencyPlot.place(percentile) - place) < 1e-6)
  }

  @Test func `a page shows each target, and what is text stays text`() {
    var histogram = LatencyHistogram()
    for value in 1...1_000 { histogram.record(Int64(value) * 1_000) }
    let page = LatencyPlot.html(
      title: "a <b> & c", [("one:1", histogram), ("two:2", histogram)])
    #expect(page.contains("<p>a &lt;b&gt; &amp; c</p>"))
    #expect(page.split(separator: "<polyline").count == 3)
    #expect(page.contains("1.00 ms"))
    // The line begins at the lower left and ends at the highest latency, upper right.
    #expect(page.contains("points=\"80.0,439."))
    #expect(page.contains("900.0,40.0\""))
  }
}
