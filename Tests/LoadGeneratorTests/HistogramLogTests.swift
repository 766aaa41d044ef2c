import Measurement
import Testing

@testable import LoadGenerator

@Suite struct HistogramLogTests {
  @Test func `counts are written as HdrHistogram writes them`() {
    var histogram = LatencyHistogram()
    histogram.record(0)
    histogram.record(3, times: 100)
    histogram.record(2_048)
    let counts = HistogramLog.payload(histogram)[40...]
    // One value 0; two counters without values; a hundred values 3; 2044 counters; one value 2048.
    #expect(Array(counts) == [2, 3, 0xc8, 0x01, 0xf7, 0x1f, 2])
  }

  @Test func `a stored stream of zlib has its header, lengths and checksum`() {
    let stream = HistogramLog.compressed([1, 2, 3])
    #expect(
      stream == [
        0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 14, 0x78, 0x01, 1, 3, 0, 0xfc, 0xff, 1, 2, 3, 0, 0x0d, 0,
        7,
      ])
    #expect(HistogramLog.adler32(Array("Wikipedia".utf8)) == 0x11e6_0398)
  }

  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
  func `base64 is that of RFC 4648`(text: String, encoded: String) {
    #expect(HistogramLog.base64(Array(text.utf8)) == encoded)
  }
}
