import CNGHTTP2
import Transport

/// Which end of a connection this is.
public enum HTTP2Role: Hashable, Sendable {
  /// Opens the connection and sends requests.
  case client
  /// Answers requests.
  case server
}

/// Why a connection cannot go on.
public enum HTTP2ConnectionFailure: Hashable, Sendable {
  /// The peer's first bytes are not those of HTTP/2.
  case badPreface
  /// The peer sent too many frames of a kind that costs this end more than the peer.
  case flooded
  /// The peer did not answer a PING, finish what it began, or take what waits for it, in time.
  case timedOut
  /// The protocol library gave up; the text is its own.
  case library(String)
}

/// One end of an HTTP/2 connection: bytes in, events and bytes out; no I/O and no clock.
///
/// Flow control is manual: `consume` hands back the window of received bytes.
public final class HTTP2Connection {
  /// Which end this is.
  public let role: HTTP2Role

  /// The limits of this end.
  public let settings: HTTP2Settings

  /// The owner's time in nanoseconds, set before `receive`; only flood limits look at it.
  public var nanoseconds: Int64 {
    get { now }
    set { now = newValue }
  }

  /// Called when something waits to be taken with `takeOutput`, but not from within an event.
  @exclusivity(unchecked) public var onOutputPending: () -> Void = {}

  /// Called when the peer has sent its limits, such as `peerMaxConcurrentStreams`.
  @exclusivity(unchecked) public var onPeerSettings: () -> Void = {}

  /// Why the connection cannot go on, or nil.
  @exclusivity(unchecked) public internal(set) var failure: HTTP2ConnectionFailure?

  /// Streams that are open, in no order.
  public var openStreams: [HTTP2Stream] { streams.open }

  /// How many streams are open.
  public var openStreamCount: Int { streams.openCount }

  /// The number of the last request that arrived.
  @exclusivity(unchecked) public internal(set) var lastReceivedStream: Int32 = 0

  /// Whether a GOAWAY of the peer has arrived.
  @exclusivity(unchecked) public internal(set) var isGoAwayReceived = false

  /// How many HEADERS and DATA frames were sent.
  @exclusivity(unchecked) public internal(set) var headersAndDataSent = 0

  // Computed for other modules: their accesses to stored properties would be checked all the same.
  @exclusivity(unchecked) private var now: Int64 = 0
  @exclusivity(unchecked) var session: OpaquePointer?
  /// Kept alive by whoever calls `receive` or `withOutput`, and set within those only.
  @exclusivity(unchecked) var receiver: Unmanaged<HTTP2EventReceiver>?
  @exclusivity(unchecked) var isWithinEvent = false
  @exclusivity(unchecked) var isOutputAnnounced = false
  @exclusivity(unchecked) var output = ByteBuffer()
  @exclusivity(unchecked) var outputLimit = 0
  @exclusivity(unchecked) var block: HeaderBlock
  @exclusivity(unchecked) var streams = StreamTable()
  /// The stream that was looked up last, while it is open.
  @exclusivity(unchecked) var lastFound: Unmanaged<HTTP2Stream>?
  @exclusivity(unchecked) var lastFoundID: Int32 = -1
  /// Stands for a stream that has closed.
  package let closedStream = HTTP2Stream.closed()
  @exclusivity(unchecked) var isReceiving = false
  @exclusivity(unchecked) var isDroppingContexts = false
  /// Bytes of the connection's window that are given back when all that arrived is looked at.
  @exclusivity(unchecked) var consumedBytes = 0
  @exclusivity(unchecked) var drained: [HTTP2Stream] = []
  @exclusivity(unchecked) var dropped: [HTTP2Stream] = []
  @exclusivity(unchecked) var replayedTrailers = ReplayedTrailers()
  @exclusivity(unchecked) var watch: ConnectionWatch?
  @exclusivity(unchecked) var resetGuard: FloodGuard
  @exclusivity(unchecked) var controlGuard: FloodGuard

  /// An end of a new connection; its preface and SETTINGS wait in `takeOutput`.
  public init(role: HTTP2Role, settings: HTTP2Settings = HTTP2Settings()) {
    self.role = role
    self.settings = settings
    block = HeaderBlock(limitBytes: settings.maxHeaderListBytes, role: role)
    resetGuard = FloodGuard(
      burst: settings.resetBurst, forgivenPerSecond: settings.resetsPerSecond)
    controlGuard = FloodGuard(
      burst: settings.controlFrameBurst, forgivenPerSecond: settings.controlFramesPerSecond)
    watch = ConnectionWatch(settings.timeouts, role: role, at: 0)
    session = SessionCallbacks.makeSession(
      role: role, userData: Unmanaged.passUnretained(self).toOpaque())
    submitSettings()
  }

  deinit { nghttp2_session_del(session) }

  private func submitSettings() {
    var entries = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: UInt32(settings.maxConcurrentStreams)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(settings.initialWindowBytes)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_FRAME_SIZE.rawValue),
        value: UInt32(settings.maxFrameBytes)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: UInt32(settings.maxHeaderListBytes)),
    ]
    if role == .client {
      entries.append(
        nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
    }
    check(
      nghttp2_submit_settings(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count))
    check(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(settings.connectionWindowBytes)))
  }

  /// Whether nothing more is to be read or written, so that the byte stream can be closed.
  public var isFinished: Bool {
    failure != nil
      || (nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0)
  }

  /// Whether a client may start another request; false after a GOAWAY of either end.
  public var canSubmitRequest: Bool {
    failure == nil && nghttp2_session_check_request_allowed(session) != 0
  }

  /// Streams that the peer allows this end to have open at once.
  public var peerMaxConcurrentStreams: Int {
    Int(
      nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
  }

  /// Records a fault of the library; never one of the peer, which is answered with a frame.
  func check(_ code: Int32) {
    if code < 0, nghttp2_is_fatal(code) != 0 { fail(Int(code)) }
  }

  func fail(_ code: Int) {
    guard failure == nil else { return }
    switch Int32(code) {
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC.rawValue: failure = .badPreface
    case NGHTTP2_ERR_FLOODED.rawValue: failure = .flooded
    default: failure = .library(String(cString: nghttp2_strerror(Int32(code))))
    }
  }

  /// Tells the owner, once, that there is output, unless it is going to ask anyway.
  func outputPending() {
    guard !isWithinEvent, !isOutputAnnounced else { return }
    isOutputAnnounced = true
    onOutputPending()
  }
}
