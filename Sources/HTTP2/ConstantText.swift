import Glibc

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are those of a constant text.
  public func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return begins(withAllOf: text)
  }

  /// Whether the bytes begin with a constant text.
  public func hasPrefix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && begins(withAllOf: text)
  }

  /// Whether the bytes are the UTF-8 of a text.
  public func equals(_ text: String) -> Bool {
    let isSame = text.utf8.withContiguousStorageIfAvailable { other in
      guard other.count == count else { return false }
      guard count > 0, let own = baseAddress, let other = other.baseAddress else { return true }
      return memcmp(own, other, count) == 0
    }
    return isSame ?? elementsEqual(text.utf8)
  }

  /// Whether the bytes are those of a constant text in lower case, but for the case of letters.
  func equalsIgnoringCase(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return zip(self, text.utf8Bytes).allSatisfy { own, other in
      own == other
        || (own | 0x20 == other && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(other))
    }
  }

  private func begins(withAllOf text: StaticString) -> Bool {
    let (bytes, expected) = (UnsafeRawPointer(baseAddress), UnsafeRawPointer(text.utf8Start))
    let length = text.utf8CodeUnitCount
    guard let bytes else { return length == 0 }
    var offset = 0
    // Eight at a time, since most that are compared are equal.
    while offset &+ 8 <= length {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if word != expected.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
      offset &+= 8
    }
    while offset < length {
      if bytes.load(fromByteOffset: offset, as: UInt8.self)
        != expected.load(fromByteOffset: offset, as: UInt8.self)
      {
        return false
      }
      offset &+= 1
    }
    return true
  }
}

extension StaticString {
  /// The text's bytes, which are always there.
  var utf8Bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
