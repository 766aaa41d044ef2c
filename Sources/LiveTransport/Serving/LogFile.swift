import CEpoll
import Glibc
import Synchronization
import Transport

/// A file, or an open descriptor, that several threads write whole lines to.
public final class LogFile: Sendable {
  private let path: String?
  private let descriptor: Mutex<Int32>

  /// Appends to a file, which is made when it is missing.
  public init(path: String) throws(SocketError) {
    self.path = path
    let opened = Self.open(path)
    guard opened >= 0 else { throw SocketError("write to \(path)") }
    descriptor = Mutex(opened)
  }

  /// Writes to a descriptor, such as that of standard output.
  public init(descriptor: Int32) {
    path = nil
    self.descriptor = Mutex(descriptor)
  }

  deinit {
    if path != nil { descriptor.withLock { _ = close($0) } }
  }

  /// Opens the file anew, after somebody has moved it away; goes on with the old one where it fails.
  public func reopen() {
    guard let path else { return }
    let opened = Self.open(path)
    guard opened >= 0 else { return }
    descriptor.withLock { descriptor in
      close(descriptor)
      descriptor = opened
    }
  }

  /// Writes lines that end with a line feed; what cannot be written is lost.
  ///
  /// `uncached` keeps them out of the machine's page cache, where it knows how to.
  func write(_ bytes: UnsafeRawBufferPointer, uncached: Bool = false) {
    guard let start = bytes.baseAddress else { return }
    descriptor.withLock { descriptor in
      var done = 0
      while done < bytes.count {
        let rest = bytes.count - done
        let count =
          uncached
          ? Int(andruck_write_uncached(descriptor, start + done, UInt64(rest)))
          : Glibc.write(descriptor, start + done, rest)
        if count > 0 {
          done += count
        } else if count == 0 || errno != EINTR {
          return
        }
      }
    }
  }

  private static func open(_ path: String) -> Int32 {
    Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
  }
}

/// Gathers the lines of one event loop and writes them once a turn.
final class LogBuffer {
  private let file: LogFile
  private let loop: SocketEventLoop
  @exclusivity(unchecked) private var text = ByteBuffer()
  private static let bytesMax = 65_536

  init(_ file: LogFile, loop: SocketEventLoop) {
    self.file = file
    self.loop = loop
  }

  func append(_ line: String) {
    if text.isEmpty {
      loop.schedule(afterNanoseconds: 0) { [self] in flush() }
    }
    var line = line
    line.withUTF8 { text.append(UnsafeRawBufferPointer($0)) }
    text.append(UInt8(ascii: "\n"))
    if text.count >= Self.bytesMax { flush() }
  }

  func flush() {
    guard !text.isEmpty else { return }
    file.write(text.bytes)
    text.removeAll(keepingAtMost: 2 * Self.bytesMax)
  }
}
