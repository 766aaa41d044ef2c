import HTTP2

/// What a key of `GRPCMetadata` stands for.
public enum GRPCMetadataValue: Hashable, Sendable {
  /// Printable ASCII.
  case text(String)
  /// Bytes, of a key that ends in `-bin`.
  case binary([UInt8])
}

/// Ordered key-value pairs that go with a call; a key may occur several times.
///
/// Keys are in lower case. Those that end in `-bin` have bytes as values, all others printable
/// ASCII.
public struct GRPCMetadata: Hashable, Sendable {
  /// One pair.
  public struct Entry: Hashable, Sendable {
    /// The key, in lower case.
    public var key: String
    /// The value.
    public var value: GRPCMetadataValue
  }

  /// The pairs in order.
  public private(set) var entries: [Entry] = []

  /// No pairs.
  public init() {}

  /// Whether there are no pairs.
  public var isEmpty: Bool { entries.isEmpty }

  /// Appends a text; characters that HTTP/2 forbids in a value are replaced by `?`.
  public mutating func append(_ key: String, _ value: String) {
    let key = key.lowercased()
    precondition(!key.hasSuffix("-bin"), "the key \(key) takes bytes")
    let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E }
    let clean =
      isClean
      ? value
      : String(
        decoding: value.utf8.map { $0 >= 0x20 && $0 <= 0x7E ? $0 : UInt8(ascii: "?") },
        as: UTF8.self)
    entries.append(Entry(key: key, value: .text(clean)))
  }

  /// Appends bytes; the key must end in `-bin`.
  public mutating func append(_ key: String, binary: [UInt8]) {
    let key = key.lowercased()
    precondition(key.hasSuffix("-bin"), "the key \(key) takes text")
    entries.append(Entry(key: key, value: .binary(binary)))
  }

  /// Appends all pairs of another.
  public mutating func append(contentsOf other: GRPCMetadata) {
    entries.append(contentsOf: other.entries)
  }

  /// The first text of a key.
  public subscript(key: String) -> String? {
    for entry in entries where entry.key == key {
      if case .text(let text) = entry.value { return text }
    }
    return nil
  }

  /// The first bytes of a key that ends in `-bin`.
  public subscript(binary key: String) -> [UInt8]? {
    for entry in entries where entry.key == key {
      if case .binary(let bytes) = entry.value { return bytes }
    }
    return nil
  }

  /// All values of a key, in order.
  public func values(_ key: String) -> [GRPCMetadataValue] {
    entries.filter { $0.key == key }.map(\.value)
  }
}

extension GRPCMetadata: ExpressibleByDictionaryLiteral {
  /// Texts in the order of the literal.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements { append(key, value) }
  }
}

extension GRPCMetadata {
  /// The pairs in a block of headers, without those that belong to HTTP/2 and gRPC.
  init(_ headers: HTTP2Headers) {
    headers.forEachField { name, value in
      if Self.isReserved(name) { return }
      let key = String(decoding: name, as: UTF8.self)
      guard key.hasSuffix("-bin") else {
        entries.append(Entry(key: key, value: .text(String(decoding: value, as: UTF8.self))))
        return
      }
      // Several values of one key may come joined by commas.
      let parts = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      for part in parts {
        if let bytes = Base64.decode(part.filter { $0 != UInt8(ascii: " ") }) {
          entries.append(Entry(key: key, value: .binary(bytes)))
        }
      }
    }
  }

  func append(to headers: inout HTTP2Headers) {
    for entry in entries {
      let isUnique = Self.isUnique(entry.key)
      switch entry.value {
      case .text(let text): headers.append(entry.key, text, isNeverIndexed: isUnique)
      case .binary(let bytes): headers.append(entry.key, Base64.encode(bytes))
      }
    }
  }

  /// Keys whose values tell one call from all others: a table of headers that come again has no use for
  /// them, and would be searched in vain for each.
  private static func isUnique(_ key: String) -> Bool {
    switch key.utf8.count {
    case 11: key == "traceparent" || key == "x-b3-spanid"
    case 12: key == "x-request-id" || key == "x-b3-traceid"
    case 17: key == "x-b3-parentspanid"
    default: false
    }
  }

  private static func isReserved(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = name.first else { return false }
    switch first {
    case UInt8(ascii: ":"): return true
    case UInt8(ascii: "g"): return name.hasPrefix("grpc-")
    case UInt8(ascii: "c"): return name.equals("content-type")
    case UInt8(ascii: "t"): return name.equals("te")
    default: return false
    }
  }
}
