import Glibc

/// A call of the system that failed.
public struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system's number, such as `EADDRINUSE`.
  public let code: Int32

  /// What was tried, and why it failed.
  public let message: String

  /// The error that the thread's last call left.
  init(_ action: String) { self.init(code: errno, "cannot \(action)") }

  init(code: Int32, _ message: String) {
    self.code = code
    self.message = "\(message): \(String(cString: strerror(code)))"
  }

  init(message: String) {
    code = 0
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
