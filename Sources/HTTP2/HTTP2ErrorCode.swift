/// An error code of RST_STREAM and GOAWAY frames (RFC 9113 section 7).
public struct HTTP2ErrorCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  /// An error code by its number, also one that the RFC does not know.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// No error: a graceful end.
  public static let noError = HTTP2ErrorCode(rawValue: 0)
  /// The peer broke the protocol.
  public static let protocolError = HTTP2ErrorCode(rawValue: 1)
  /// An unexpected fault of the sender itself.
  public static let internalError = HTTP2ErrorCode(rawValue: 2)
  /// The peer sent more than its window allows.
  public static let flowControlError = HTTP2ErrorCode(rawValue: 3)
  /// The peer did not acknowledge SETTINGS in time.
  public static let settingsTimeout = HTTP2ErrorCode(rawValue: 4)
  /// A frame came for a stream that is half-closed.
  public static let streamClosed = HTTP2ErrorCode(rawValue: 5)
  /// A frame had a wrong size.
  public static let frameSizeError = HTTP2ErrorCode(rawValue: 6)
  /// The stream was not processed at all, so it may be tried again.
  public static let refusedStream = HTTP2ErrorCode(rawValue: 7)
  /// The stream is no longer wanted.
  public static let cancel = HTTP2ErrorCode(rawValue: 8)
  /// The header compression state is broken.
  public static let compressionError = HTTP2ErrorCode(rawValue: 9)
  /// The connection of a CONNECT request broke.
  public static let connectError = HTTP2ErrorCode(rawValue: 10)
  /// The peer causes more load than it may.
  public static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 11)
  /// The transport is not secure enough.
  public static let inadequateSecurity = HTTP2ErrorCode(rawValue: 12)
  /// The endpoint wants HTTP/1.1.
  public static let http11Required = HTTP2ErrorCode(rawValue: 13)
}

extension HTTP2ErrorCode: CustomStringConvertible {
  /// The name as RFC 9113 spells it, or the number of an unknown code.
  public var description: String {
    let names = [
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
      "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
      "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
    return rawValue < UInt32(names.count) ? names[Int(rawValue)] : "error code \(rawValue)"
  }
}
