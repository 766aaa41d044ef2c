import Glibc

/// A block of headers that has arrived, to tell whether another one is the same.
///
/// What stands in the tables of the header compression is the same memory each time. So most fields are
/// compared by their addresses, which stay theirs because the block holds references.
struct KnownBlock: ~Copyable {
  /// The fields in an array.
  private(set) var headers = HTTP2Headers()
  /// The same without those that are dropped.
  private(set) var accepted = HTTP2Headers()
  /// What the block says about its message.
  private(set) var message: MessageHead
  private let isTrailers: Bool
  private var fields: [(field: HeaderField, value: UnsafeRawBufferPointer, byteCount: Int)] = []

  /// A block of nothing.
  init(isTrailers: Bool) {
    self.isTrailers = isTrailers
    message = MessageHead(ofNothingAsTrailers: isTrailers)
  }

  deinit { for entry in fields { entry.field.release() } }

  /// How many fields there are.
  var count: Int { fields.count }

  /// Keeps the first fields and takes others, whose references become this block's own.
  mutating func replace(
    from position: Int, _ others: [HeaderField], _ headers: HTTP2Headers, role: HTTP2Role
  ) {
    for entry in fields[position...] { entry.field.release() }
    fields.removeSubrange(position...)
    for field in others {
      let value = field.valueBytes
      let byteCount = HTTP2FieldLengths.byteCount + field.nameBytes.count + value.count
      fields.append((field, value, byteCount))
    }
    self.headers = headers
    var dropped: [Int] = []
    message = MessageHead(headers, role: role, isTrailers: isTrailers, dropped: &dropped)
    accepted = dropped.isEmpty ? headers : headers.without(dropped)
  }

  /// How many bytes the field at a position takes in `headers`, if the other one is the same; else 0.
  @inline(__always)
  func byteCount(at position: Int, ifSame other: HeaderField) -> Int {
    guard position < fields.count else { return 0 }
    let (field, value, byteCount) = fields[position]
    guard field.name == other.name, field.isNeverIndexed == other.isNeverIndexed else { return 0 }
    return field.value == other.value || Self.isSame(value, other) ? byteCount : 0
  }

  private static func isSame(_ value: UnsafeRawBufferPointer, _ other: HeaderField) -> Bool {
    let otherValue = other.valueBytes
    guard value.count == otherValue.count else { return false }
    guard let one = value.baseAddress, let two = otherValue.baseAddress else { return true }
    return memcmp(one, two, value.count) == 0
  }
}

extension HTTP2Headers {
  /// The block without the fields at these positions.
  fileprivate func without(_ positions: [Int]) -> HTTP2Headers {
    var rest = HTTP2Headers()
    for position in 0..<count where !positions.contains(position) {
      rest.append(self, at: position)
    }
    return rest
  }
}
