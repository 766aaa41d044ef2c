/// The types that a prediction takes and gives.
public enum PayloadKind: String, CaseIterable, Hashable, Sendable {
  /// A text.
  case string = "String"
  /// Bytes, which are streamed.
  case bytes = "Bytes"
  /// 32-bit integers.
  case arrInt = "ArrInt"
  /// 32-bit floating point numbers.
  case arrFloat = "ArrFloat"
  /// Texts.
  case arrString = "ArrString"
}

/// Which sides of a call send more than one message.
public enum StreamingKind: Hashable, Sendable {
  /// One request, one response.
  case unary
  /// Any number of requests, one response.
  case clientStreaming
  /// One request, any number of responses.
  case serverStreaming
  /// Any number of each.
  case bidirectionalStreaming

  /// Whether the client may send any number of messages.
  public var clientStreams: Bool { self == .clientStreaming || self == .bidirectionalStreaming }

  /// Whether the server may send any number of messages.
  public var serverStreams: Bool { self == .serverStreaming || self == .bidirectionalStreaming }

  /// The kind for a pair of directions.
  public init(clientStreams: Bool, serverStreams: Bool) {
    switch (clientStreams, serverStreams) {
    case (false, false): self = .unary
    case (true, false): self = .clientStreaming
    case (false, true): self = .serverStreaming
    case (true, true): self = .bidirectionalStreaming
    }
  }
}
