import CEpoll
import DruckerServing
import Synchronization
import Transport

/// The service log of a live server: its loops keep records of predictions, and a thread of its own makes
/// lines of them and writes these.
///
/// So a prediction waits for neither; and where a loop has all that one processor gives, another one
/// writes the lines. The thread stands back: woken for every few hundred predictions, it would take the
/// processor from a loop or from a client that waits for one. Where it gets none, loops write lines
/// themselves.
///
/// Batches that are full are kept out of the machine's page cache: a log of many megabytes a second would
/// push models out of it, and a virtual machine pays for each page that it has not used lately (10 µs,
/// where a line costs 0.3). The disk takes them at once then; one that cannot follow gets what comes next
/// through the cache.
final class ServiceLog: Sendable {
  /// How long records wait for others at most: lines of few predictions cost as much as those of many.
  static let delayNanoseconds: Int64 = 10_000_000

  /// How many bytes of records go to the thread at once, at least, unless their time has come.
  static let batchBytes = 131_072

  /// How many bytes of records wait for the thread at most, but for one batch; then loops write what they
  /// have, ahead of these.
  static let waitingBytesMax = 4_194_304

  private let file: LogFile
  private let makeLines: @Sendable () -> PredictionLines
  private let thread: LoopThread<PredictionLines>
  private let state = Mutex(State())

  private struct State {
    var waitingBytes = 0
    /// Batches that are written, to be filled again.
    var spare: [Batch] = []
  }

  /// Records of one loop; one thread has it at a time.
  final class Batch: @unchecked Sendable {
    @exclusivity(unchecked) var records = ByteBuffer()
  }

  private static let spareMax = 8

  /// Starts the thread; throws when the process has too many files or threads.
  init(
    _ file: LogFile, configuration: ServingConfiguration, host: String
  ) throws(SocketError) {
    self.file = file
    let makeLines = { @Sendable in PredictionLines(configuration: configuration, host: host) }
    self.makeLines = makeLines
    thread = try LoopThread { _ in
      andruck_stand_back()
      return makeLines()
    }
  }

  /// Lines for another thread than this log's.
  func lines() -> PredictionLines { makeLines() }

  /// An empty batch.
  func batch() -> Batch { state.withLock { $0.spare.popLast() } ?? Batch() }

  /// Writes the lines of a batch soon; false, and nothing is done, where too many wait.
  func write(_ batch: Batch) -> Bool {
    let byteCount = batch.records.count
    let isTaken = state.withLock { state in
      if state.waitingBytes >= Self.waitingBytesMax { return false }
      state.waitingBytes += byteCount
      return true
    }
    guard isTaken else { return false }
    thread.execute { [self] _, lines in
      let isBehind = state.withLock { $0.waitingBytes > Self.waitingBytesMax / 2 }
      write(batch, lines, uncached: byteCount >= Self.batchBytes && !isBehind)
      state.withLock { state in
        state.waitingBytes -= byteCount
        if state.spare.count < Self.spareMax { state.spare.append(batch) }
      }
    }
    return true
  }

  /// Writes the lines of a batch now and empties it.
  func write(_ batch: Batch, _ lines: PredictionLines, uncached: Bool = false) {
    file.write(lines.lines(ofRecords: batch.records.bytes), uncached: uncached)
    batch.records.removeAll(keepingAtMost: 2 * Self.batchBytes)
  }

  /// Waits until all that was handed over is written.
  func finish() {
    blocking { (done: @escaping @Sendable (Bool) -> Void) in
      if !thread.execute({ _, _ in done(true) }) { done(false) }
    }
  }
}

/// Gathers the records of one event loop.
final class ServiceLogBuffer {
  private let log: ServiceLog
  private let loop: SocketEventLoop
  private let lines: PredictionLines
  @exclusivity(unchecked) private var batch: ServiceLog.Batch
  @exclusivity(unchecked) private var isTimerSet = false
  /// When the batch got its first record.
  @exclusivity(unchecked) private var batchStart: Int64 = 0

  init(_ log: ServiceLog, loop: SocketEventLoop) {
    self.log = log
    self.loop = loop
    lines = log.lines()
    batch = log.batch()
  }

  /// Room for a record.
  func room(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if batch.records.count >= ServiceLog.batchBytes { handOver() }
    if batch.records.isEmpty {
      batchStart = loop.nanoseconds
      if !isTimerSet { setTimer(afterNanoseconds: ServiceLog.delayNanoseconds) }
    }
    return batch.records.extend(by: byteCount)
  }

  /// A timer that meets a batch of later records, since others were handed over full, waits for it too.
  private func setTimer(afterNanoseconds delay: Int64) {
    isTimerSet = true
    loop.schedule(afterNanoseconds: delay) { [self] in
      isTimerSet = false
      if batch.records.isEmpty { return }
      let age = loop.nanoseconds - batchStart
      if age < ServiceLog.delayNanoseconds {
        setTimer(afterNanoseconds: ServiceLog.delayNanoseconds - age)
      } else {
        handOver()
      }
    }
  }

  /// Has what there is written, and waits for it.
  func flush() {
    handOver()
    log.finish()
  }

  private func handOver() {
    if batch.records.isEmpty { return }
    if log.write(batch) {
      batch = log.batch()
    } else {
      log.write(batch, lines)
    }
  }
}
