import CEpoll
import Glibc
import Synchronization
import Transport

/// A file, or an open descriptor, that several threads write whole lines to.
public final class LogFile: Sendable {
  private let path: String?
  private let state: Mutex<State>

  private struct State {
    var descriptor: Int32
    /// How many writes go through the page cache, since the disk was slow.
    var cachedWrites = 0
  }

  /// A disk that makes a writer wait for longer than this is slow.
  private static let slowNanoseconds: Int64 = 5_000_000

  /// How many writes it is spared then; of batches of the service log 32 MiB.
  private static let cachedWritesAfterSlow = 256

  /// Appends to a file, which is made when it is missing.
  public init(path: String) throws(SocketError) {
    self.path = path
    let opened = Self.open(path)
    guard opened >= 0 else { throw SocketError("write to \(path)") }
    state = Mutex(State(descriptor: opened))
  }

  /// Writes to a descriptor, such as that of standard output.
  public init(descriptor: Int32) {
    path = nil
    state = Mutex(State(descriptor: descriptor))
  }

  deinit {
    if path != nil { state.withLock { _ = close($0.descriptor) } }
  }

  /// Opens the file anew, after somebody has moved it away; goes on with the old one where it fails.
  public func reopen() {
    guard let path else { return }
    let opened = Self.open(path)
    guard opened >= 0 else { return }
    state.withLock { state in
      close(state.descriptor)
      state = State(descriptor: opened)
    }
  }

  /// Writes lines that end with a line feed, once nobody else writes; what cannot be written is lost.
  ///
  /// `uncached` keeps them out of the machine's page cache, where it knows how to and the disk follows.
  func write(uncached: Bool = false, _ lines: () -> UnsafeRawBufferPointer) {
    state.withLock { Self.write(lines(), uncached: uncached, &$0) }
  }

  /// The same, unless somebody else is writing; false then, and `lines` is not asked for any.
  func writeUnlessBusy(uncached: Bool, _ lines: () -> UnsafeRawBufferPointer) -> Bool {
    state.withLockIfAvailable { Self.write(lines(), uncached: uncached, &$0) } != nil
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, uncached: Bool, _ state: inout State
  ) {
    guard let start = bytes.baseAddress else { return }
    var uncached = uncached
    if uncached, state.cachedWrites > 0 {
      state.cachedWrites -= 1
      uncached = false
    }
    var done = 0
    while done < bytes.count {
      let (place, rest) = (start + done, bytes.count - done)
      var count: Int
      if uncached {
        var slept: Int64 = 0
        count = Int(andruck_write_uncached(state.descriptor, place, UInt64(rest), &slept))
        if slept > slowNanoseconds { state.cachedWrites = cachedWritesAfterSlow }
      } else {
        count = Glibc.write(state.descriptor, place, rest)
      }
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        return
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
    file.write { text.bytes }
    text.removeAll(keepingAtMost: 2 * Self.bytesMax)
  }
}
