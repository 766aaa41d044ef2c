/// One header field, its name in lower case.
public struct HTTP2Header: Hashable, Sendable {
  /// The name; pseudo-headers begin with a colon.
  public var name: String
  /// The value.
  public var value: String

  /// A field of a name, in lower case, and a value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
