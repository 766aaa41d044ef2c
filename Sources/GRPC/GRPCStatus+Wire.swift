import HTTP2

extension GRPCStatus {
  /// What a reset of the stream means (gRPC over HTTP/2, "Errors").
  init(reset code: HTTP2ErrorCode) {
    let text = "the stream was reset: \(code)"
    switch code {
    case .refusedStream: self.init(.unavailable, text)
    case .cancel: self.init(.cancelled, text)
    case .enhanceYourCalm: self.init(.resourceExhausted, text)
    case .inadequateSecurity: self.init(.permissionDenied, text)
    case .noError, .protocolError, .internalError, .flowControlError, .settingsTimeout,
      .frameSizeError, .compressionError, .connectError:
      self.init(.internal, text)
    default: self.init(.unknown, text)
    }
  }

  /// What an HTTP status without a gRPC status means (`http-grpc-status-mapping.md`).
  init(httpStatus: String, reason: String) {
    let text = "HTTP status \(httpStatus): \(reason)"
    switch httpStatus {
    case "400": self.init(.internal, text)
    case "401": self.init(.unauthenticated, text)
    case "403": self.init(.permissionDenied, text)
    case "404": self.init(.unimplemented, text)
    case "429", "502", "503", "504": self.init(.unavailable, text)
    default: self.init(.unknown, text)
    }
  }

  /// The status in a block of trailers; nil when it has none.
  init?(trailers: HTTP2Headers) {
    guard let position = trailers.firstIndex(of: "grpc-status") else { return nil }
    if trailers.isValue("0", at: position) {
      self = .ok
    } else {
      let code = Int(trailers.value(at: position)).flatMap(GRPCStatusCode.init(rawValue:))
      self.init(code ?? .unknown)
    }
    guard let text = trailers.firstIndex(of: "grpc-message") else { return }
    message = PercentEncoding.decode(trailers.valueBytes(at: text))
  }

  /// Appends `grpc-status` and, when there is one, `grpc-message`.
  func append(to headers: inout HTTP2Headers) {
    headers.append("grpc-status" as StaticString, String(code.rawValue))
    if !message.isEmpty {
      headers.append("grpc-message" as StaticString, PercentEncoding.encode(message))
    }
  }
}

/// The encoding of `grpc-message`: printable ASCII but `%` stands for itself.
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  static func encode(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      if byte >= 0x20, byte <= 0x7E, byte != UInt8(ascii: "%") {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Decodes; a `%` that begins no number stands for itself, as the specification asks.
  static func decode(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.endIndex,
        let high = value(bytes[position + 1]), let low = value(bytes[position + 2])
      {
        result.append(high << 4 | low)
        position += 3
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
