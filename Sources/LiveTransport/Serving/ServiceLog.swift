import CEpoll
import DruckerServing
import Glibc
import Synchronization
import Transport

/// The service log of a live server: its loops keep records of predictions, and a thread of its own makes
/// lines of them and writes these.
///
/// So a prediction waits for neither, where a processor is left over. The thread stands back, and in the
/// midst of its work, too: it would take the processor from a loop or from a client that waits for one, and
/// while one of these waits the other soon does. Where it gets none, loops write lines themselves, which
/// takes less than to fight for it.
///
/// Batches that are full are kept out of the machine's page cache: a log of many megabytes a second would
/// push models out of it, and a virtual machine pays for each page that it has not used lately (10 µs,
/// where a line costs 0.3).
final class ServiceLog: Sendable {
  /// How long records wait for others at most: lines of few predictions cost as much as those of many.
  static let delayNanoseconds: Int64 = 10_000_000

  /// How many bytes of records go to the thread at once, at least, unless their time has come.
  static let batchBytes = 131_072

  /// From how many waiting bytes of records on the thread is behind: loops write what they have, ahead of
  /// these, unless somebody else is writing just then.
  static let behindBytes = 2 * batchBytes

  /// How many bytes of records wait for the thread at most, but for one batch of each loop; then loops wait
  /// for whoever writes.
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

    var isFull: Bool { records.count >= batchBytes }

    func empty() { records.removeAll(keepingAtMost: 2 * batchBytes) }
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

  /// Has the lines of a batch written soon, by the thread; or writes them with `lines` now.
  ///
  /// False where they were written: the batch is empty then, else it is the log's.
  func take(_ batch: Batch, _ lines: PredictionLines) -> Bool {
    let byteCount = batch.records.count
    let text = { lines.lines(ofRecords: batch.records.bytes) }
    let isWritten: Bool
    switch state.withLock({ $0.waitingBytes }) {
    case ..<Self.behindBytes: isWritten = false
    case ..<Self.waitingBytesMax:
      isWritten = file.writeUnlessBusy(uncached: batch.isFull, text)
    default:
      file.write(uncached: batch.isFull, text)
      isWritten = true
    }
    if isWritten {
      batch.empty()
      return false
    }
    state.withLock { $0.waitingBytes += byteCount }
    thread.execute { [self] _, lines in
      let text = lines.lines(ofRecords: batch.records.bytes) { sched_yield() }
      file.write(uncached: batch.isFull) { text }
      batch.empty()
      state.withLock { state in
        state.waitingBytes -= byteCount
        if state.spare.count < Self.spareMax { state.spare.append(batch) }
      }
    }
    return true
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

  /// Room for a record, which the caller fills before it asks again.
  func room(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if batch.isFull { handOver() }
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
    if log.take(batch, lines) { batch = log.batch() }
  }
}
