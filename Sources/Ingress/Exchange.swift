import HTTP2
import Transport

/// One request and its response: joins a client's stream with a backend's.
///
/// Windows are given back to one side only as the other side's backlog drains, so that an exchange
/// holds at most a window and a backlog in each direction, and the replay buffer besides.
final class Exchange {
  let headers: HTTP2Headers
  let route: RouteState
  let isGRPC: Bool
  private let proxy: IngressProxy
  private let downstream: HTTP2Connection
  private let downstreamStream: HTTP2Stream
  @exclusivity(unchecked) private var upstream: HTTP2Connection?
  @exclusivity(unchecked) private var upstreamOwner: UpstreamConnection?
  @exclusivity(unchecked) private var upstreamStream: HTTP2Stream?

  /// The backend that the request was given to last, and how often it was given to any.
  @exclusivity(unchecked) private(set) var backend: IngressBackend?
  @exclusivity(unchecked) private(set) var attempts = 0

  /// Backends to which no connection could be opened, and those that refused the request.
  @exclusivity(unchecked) private(set) var unreachable: [IngressBackend] = []
  @exclusivity(unchecked) private(set) var refusing: [IngressBackend] = []

  /// The body so far, while the request may have to be sent again, or has not been sent yet.
  @exclusivity(unchecked) private(set) var requestBody: [UInt8] = []
  @exclusivity(unchecked) private(set) var requestTrailers: HTTP2Headers?
  @exclusivity(unchecked) private(set) var isRequestComplete: Bool
  @exclusivity(unchecked) private var isReplayable = true
  @exclusivity(unchecked) private var isResponseBegun = false
  @exclusivity(unchecked) private var isResponseComplete = false

  /// Bytes received from one side whose window is not given back yet.
  @exclusivity(unchecked) private var unconsumedRequestBytes = 0
  @exclusivity(unchecked) private var unconsumedResponseBytes = 0

  /// When anything moved last between proxy and backend.
  @exclusivity(unchecked) private(set) var lastActivity: Int64 = 0

  /// Whether the client's stream has ended, or been answered.
  @exclusivity(unchecked) private(set) var isOver = false

  init(
    headers: HTTP2Headers, endStream: Bool, route: RouteState, isGRPC: Bool,
    stream: HTTP2Stream, connection: HTTP2Connection, proxy: IngressProxy
  ) {
    self.headers = headers
    self.route = route
    self.isGRPC = isGRPC
    self.proxy = proxy
    downstream = connection
    downstreamStream = stream
    isRequestComplete = endStream
  }

  // MARK: From the client

  func requestDataReceived(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else {
      downstream.consume(downstreamStream, bytes: bytes.count)
      return
    }
    unconsumedRequestBytes += bytes.count
    if isReplayable { requestBody.append(contentsOf: bytes) }
    guard let upstream, let upstreamStream else { return }
    lastActivity = proxy.eventLoop.nanoseconds
    upstream.submitData(bytes, on: upstreamStream)
    limitReplay()
    consumeRequest()
  }

  func requestTrailersReceived(_ trailers: HTTP2Headers) {
    requestTrailers = trailers
    isRequestComplete = true
    if let upstream, let upstreamStream { upstream.submitTrailers(trailers, on: upstreamStream) }
  }

  func requestEndReceived() {
    isRequestComplete = true
    guard let upstream, let upstreamStream else { return }
    if requestTrailers == nil { upstream.submitEnd(on: upstreamStream) }
    consumeRequest()
  }

  func downstreamClosed(code: HTTP2ErrorCode) {
    isOver = true
    if !requestBody.isEmpty { requestBody = [] }
    let owner = upstreamOwner
    guard let stream = detachUpstream() else { return }
    stream.context = nil
    if !isResponseComplete || !stream.isEndSubmitted {
      owner?.abandon(stream, code: code == .noError ? .cancel : code)
    }
  }

  func downstreamDrained() { consumeResponse() }

  // MARK: From the backend

  func given(to backend: IngressBackend) {
    self.backend = backend
    attempts += 1
  }

  func upstreamOpened(
    _ stream: HTTP2Stream, of owner: UpstreamConnection, on connection: HTTP2Connection
  ) {
    upstream = connection
    upstreamOwner = owner
    upstreamStream = stream
    lastActivity = proxy.eventLoop.nanoseconds
    if !requestBody.isEmpty { connection.submitData(requestBody, on: stream) }
    if let requestTrailers {
      connection.submitTrailers(requestTrailers, on: stream)
    } else if isRequestComplete {
      connection.submitEnd(on: stream)
    }
    limitReplay()
    consumeRequest()
  }

  func responseHeadersReceived(_ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool) {
    lastActivity = proxy.eventLoop.nanoseconds
    isReplayable = false
    if !requestBody.isEmpty { requestBody = [] }
    if kind == .trailers {
      isResponseComplete = true
      downstream.submitTrailers(headers, on: downstreamStream)
    } else {
      isResponseBegun = true
      isResponseComplete = endStream
      downstream.submitResponse(headers, on: downstreamStream, endStream: endStream)
    }
  }

  func responseDataReceived(_ bytes: UnsafeRawBufferPointer) {
    lastActivity = proxy.eventLoop.nanoseconds
    unconsumedResponseBytes += bytes.count
    downstream.submitData(bytes, on: downstreamStream)
    consumeResponse()
  }

  func responseEndReceived() {
    if !isResponseComplete {
      isResponseComplete = true
      downstream.submitEnd(on: downstreamStream)
    }
    consumeResponse()
  }

  func upstreamDrained() {
    lastActivity = proxy.eventLoop.nanoseconds
    consumeRequest()
  }

  /// The backend's stream is over.
  func upstreamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    guard stream === upstreamStream else { return }
    if stream.isUnprocessed, !isResponseBegun {
      upstreamFailed(.refused)
      return
    }
    detachUpstream()
    discardRequest()
    guard !isResponseComplete else { return }
    isOver = true
    downstream.reset(downstreamStream, code: code == .noError ? .internalError : code)
  }

  /// The backend's connection failed, or the stream was not processed: elsewhere, or not at all.
  func upstreamFailed(_ cause: IngressFailureCause) {
    detachUpstream()
    guard !isOver, !isResponseComplete, let backend else { return }
    let mayRetry: Bool
    switch cause {
    case .connectFailed:
      unreachable.append(backend)
      mayRetry = true
    case .refused, .lostUnsent:
      refusing.append(backend)
      mayRetry = isReplayable
    case .lost, .timedOut: mayRetry = false
    }
    if mayRetry {
      proxy.dispatch(self, after: cause)
      return
    }
    proxy.report(.requestFailed(host: route.host, backend: backend, cause: cause))
    if isResponseBegun {
      isOver = true
      discardRequest()
      downstream.reset(downstreamStream, code: .internalError)
    } else {
      answer(
        status: cause == .timedOut ? "504" : "502", message: "backend \(backend) \(cause.text)")
    }
  }

  // MARK: Answers of the proxy itself

  /// Answers with a status of HTTP, or UNAVAILABLE to a client of gRPC.
  func answer(status: String, message: String) {
    isOver = true
    var headers = HTTP2Headers()
    if isGRPC {
      headers.append(":status", "200")
      headers.append("content-type", "application/grpc")
      headers.append("grpc-status", "14")
      headers.append("grpc-message", message)
    } else {
      headers.append(":status", status)
      headers.append("content-length", "0")
    }
    downstream.submitResponse(headers, on: downstreamStream, endStream: true)
    discardRequest()
  }

  // MARK: Windows and buffers

  @discardableResult
  private func detachUpstream() -> HTTP2Stream? {
    let stream = upstreamStream
    upstream = nil
    upstreamOwner = nil
    upstreamStream = nil
    unconsumedResponseBytes = 0
    return stream
  }

  private func discardRequest() {
    if !requestBody.isEmpty { requestBody = [] }
    isReplayable = false
    downstream.consume(downstreamStream, bytes: unconsumedRequestBytes)
    unconsumedRequestBytes = 0
  }

  private func limitReplay() {
    if requestBody.count > proxy.settings.replayBytesMax {
      isReplayable = false
      requestBody = []
    }
  }

  /// A stream whose end is known sends no more, so that its bytes need not be held back.
  private func consumeRequest() {
    guard unconsumedRequestBytes > 0 else { return }
    guard let upstream, let upstreamStream else { return }
    guard isRequestComplete || upstream.isWritable(upstreamStream) else { return }
    downstream.consume(downstreamStream, bytes: unconsumedRequestBytes)
    unconsumedRequestBytes = 0
  }

  private func consumeResponse() {
    guard unconsumedResponseBytes > 0 else { return }
    guard let upstream, let upstreamStream else { return }
    guard isResponseComplete || downstream.isWritable(downstreamStream) else { return }
    upstream.consume(upstreamStream, bytes: unconsumedResponseBytes)
    unconsumedResponseBytes = 0
  }
}

extension IngressFailureCause {
  /// The cause as a half sentence for `grpc-message`.
  fileprivate var text: String {
    switch self {
    case .connectFailed: "could not be reached"
    case .refused: "refused the request"
    case .lostUnsent, .lost: "closed the connection"
    case .timedOut: "did not answer in time"
    }
  }
}
