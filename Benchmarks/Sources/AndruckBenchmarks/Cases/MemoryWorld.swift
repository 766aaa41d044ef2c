import Transport

/// Calls what is due in turns; time stands still, so timers never fire.
final class MemoryLoop: EventLoop {
  private final class NeverTimer: ScheduledTimer {
    func cancel() {}
  }

  let nanoseconds: Int64 = 0
  private let never = NeverTimer()
  private var due: [() -> Void] = []
  private var spare: [() -> Void] = []

  @discardableResult
  func schedule(
    afterNanoseconds delay: Int64, _ action: @escaping () -> Void
  ) -> any ScheduledTimer {
    if delay <= 0 { due.append(action) }
    return never
  }

  /// Calls until nothing is due.
  func run() {
    while !due.isEmpty {
      swap(&due, &spare)
      for action in spare { action() }
      spare.removeAll(keepingCapacity: true)
    }
  }
}

/// One end of a byte stream in memory; bytes arrive in the loop's next turn.
final class MemoryStream: ByteStream {
  var onBytes: ([UInt8]) -> Void = { _ in }
  var onClosed: (ByteStreamEnd) -> Void = { _ in }
  var onWritable: () -> Void = {}
  let isWritable = true
  private let loop: MemoryLoop
  private unowned(unsafe) var peer: MemoryStream?
  private var arriving: [UInt8] = []
  private var isArriving = false

  private init(_ loop: MemoryLoop) { self.loop = loop }

  /// Two ends that are connected; both must be held.
  static func pair(_ loop: MemoryLoop) -> (MemoryStream, MemoryStream) {
    let (left, right) = (MemoryStream(loop), MemoryStream(loop))
    left.peer = right
    right.peer = left
    return (left, right)
  }

  func write(_ bytes: [UInt8]) { peer?.arrive(bytes) }
  func pauseReading() {}
  func resumeReading() {}
  func close() {}
  func reset() {}

  private func arrive(_ bytes: [UInt8]) {
    if isArriving {
      arriving.append(contentsOf: bytes)
      return
    }
    arriving = bytes
    isArriving = true
    loop.schedule(afterNanoseconds: 0) { [unowned self] in
      isArriving = false
      let bytes = arriving
      arriving = []
      onBytes(bytes)
    }
  }
}

/// Connects to whoever accepts, in memory; keeps both ends of all connections.
final class MemoryConnector: Connector {
  private let loop: MemoryLoop
  private let accept: (MemoryStream) -> Void
  private var ends: [MemoryStream] = []

  init(_ loop: MemoryLoop, accept: @escaping (MemoryStream) -> Void) {
    self.loop = loop
    self.accept = accept
  }

  func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    let (near, far) = MemoryStream.pair(loop)
    ends += [near, far]
    loop.schedule(afterNanoseconds: 0) { [self] in
      accept(far)
      completion(.success(near))
    }
  }
}
