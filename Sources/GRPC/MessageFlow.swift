import HTTP2

/// What is known of one stream's incoming messages, some of which may be held back.
struct MessageFlow {
  var reader: MessageReader
  var held: [UInt8] = []
  var isPaused = false
  var isDelivering = false

  init(limitBytes: Int) { reader = MessageReader(limitBytes: limitBytes) }

  /// Begins anew with another stream.
  mutating func begin() {
    reader.begin()
    if !held.isEmpty { held = [] }
    isPaused = false
    isDelivering = false
  }

  /// Whether the application still has to see something before the end of the stream.
  var isHolding: Bool { isDelivering || !held.isEmpty }
}

/// A call that receives messages: delivers them in order, holds them while reading is paused, and
/// gives back the flow-control window only for what was delivered.
protocol MessageReceiver: AnyObject {
  var flow: MessageFlow { get set }
  var isEnded: Bool { get }

  /// Gives the window of received bytes back, without effect where the stream has closed.
  func consume(_ bytes: Int)
  func deliver(_ message: [UInt8])
  func deliver(bytes: UnsafeRawBufferPointer)
  func faultReceived(_ status: GRPCStatus)
  func heldDelivered()
}

extension MessageReceiver {
  func bytesReceived(_ bytes: UnsafeRawBufferPointer) {
    if isEnded {
      consume(bytes.count)
    } else if flow.isPaused || flow.isHolding {
      flow.held.append(contentsOf: bytes)
    } else {
      run(bytes)
    }
  }

  func pauseFlow() { flow.isPaused = true }

  func resumeFlow() {
    guard flow.isPaused else { return }
    flow.isPaused = false
    guard !flow.isDelivering else { return }
    let bytes = flow.held
    flow.held = []
    bytes.withUnsafeBytes { run($0) }
    if !flow.isHolding { heldDelivered() }
  }

  /// Delivers until the bytes are used up or the application pauses; keeps the rest.
  private func run(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    flow.isDelivering = true
    delivery: while !flow.isPaused, !isEnded {
      switch flow.reader.next(bytes, &position) {
      case .whole(let bytes): deliver(bytes: bytes)
      case .message(let message): deliver(message)
      case .incomplete: break delivery
      case .fault(let status):
        faultReceived(status)
        break delivery
      }
    }
    flow.isDelivering = false
    if isEnded {
      position = bytes.count
    } else if position < bytes.count {
      flow.held = [UInt8](bytes[position...]) + flow.held
    }
    consume(position)
  }
}
