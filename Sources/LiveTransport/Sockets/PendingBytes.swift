/// Bytes that wait to be sent, in the arrays in which they came.
struct PendingBytes {
  private var chunks: [[UInt8]] = []
  private var head = 0
  private var offset = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The first array, and where in it the first byte that waits is.
  var first: (bytes: [UInt8], start: Int)? { count == 0 ? nil : (chunks[head], offset) }

  mutating func append(_ bytes: [UInt8], from start: Int) {
    if count == 0 { offset = start }
    chunks.append(start == 0 || count == 0 ? bytes : Array(bytes[start...]))
    count += bytes.count - start
  }

  mutating func advance(by sent: Int) {
    precondition(sent <= count, "\(sent) of \(count) bytes were sent")
    count -= sent
    offset += sent
    while head < chunks.count, offset >= chunks[head].count {
      offset -= chunks[head].count
      chunks[head] = []
      head += 1
    }
    if head == chunks.count {
      chunks.removeAll()
      head = 0
      offset = 0
    } else if head >= 64 {
      chunks.removeSubrange(..<head)
      head = 0
    }
  }
}
