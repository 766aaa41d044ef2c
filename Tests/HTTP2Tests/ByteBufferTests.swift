import Testing
import Transport

struct ByteBufferTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `bytes come out as they went in, whatever was taken in between`(seed: UInt64) {
    var state = seed
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var buffer = ByteBuffer()
    var expected: [UInt8] = []
    for _ in 0..<500 {
      switch random(5) {
      case 0:
        let byte = UInt8(random(256))
        buffer.append(byte)
        expected.append(byte)
      case 1, 2:
        let bytes = (0..<random(200)).map { _ in UInt8(random(256)) }
        bytes.withUnsafeBytes { buffer.append($0) }
        expected += bytes
      case 3:
        let count = random(expected.count + 1)
        buffer.removeFirst(count)
        expected.removeFirst(count)
      default:
        if random(20) == 0 {
          buffer.removeAll(keepingAtMost: random(300))
          expected = []
        }
      }
      #expect(buffer.count == expected.count && buffer.isEmpty == expected.isEmpty)
      #expect(buffer.bytes.elementsEqual(expected))
    }
  }
}
