import GRPC
import Transport

/// One of a load's connections: opened, and opened again after a while when it is lost.
final class LoadConnection {
  private let address: LoadAddress
  private let connector: any Connector
  private let eventLoop: any EventLoop
  private var transport: GRPCClientTransport?
  private var isClosed = false

  /// Calls that run on it.
  private(set) var active = 0

  /// Called when the connection can take calls.
  var onOpen: () -> Void = {}

  /// Called when it could not be opened.
  var onFailure: (ConnectFailure) -> Void = { _ in }

  private static let pauseNanoseconds: Int64 = 100_000_000

  init(_ address: LoadAddress, connector: any Connector, eventLoop: any EventLoop) {
    self.address = address
    self.connector = connector
    self.eventLoop = eventLoop
  }

  var isOpen: Bool { transport?.canStartCall ?? false }

  func open() {
    connector.connect(host: address.host, port: address.port) { [weak self] result in
      guard let self, !isClosed else {
        if case .success(let stream) = result { stream.reset() }
        return
      }
      switch result {
      case .success(let stream):
        var settings = GRPCClientSettings()
        settings.scheme = address.scheme
        let transport = GRPCClientTransport(
          stream: stream, eventLoop: eventLoop, settings: settings)
        self.transport = transport
        transport.onGoAway = { [weak self] in self?.openAgain() }
        transport.onClosed = { [weak self] _ in self?.openAgain() }
        onOpen()
      case .failure(let failure):
        onFailure(failure)
        openLater()
      }
    }
  }

  private func openAgain() {
    guard transport != nil else { return }
    transport = nil
    openLater()
  }

  private func openLater() {
    guard !isClosed else { return }
    eventLoop.schedule(afterNanoseconds: Self.pauseNanoseconds) { [weak self] in
      guard let self, !isClosed, transport == nil else { return }
      open()
    }
  }

  /// Makes a call and calls `completion` once at its end; false when the connection takes none.
  func call(
    _ path: String, _ messages: [[UInt8]], timeoutNanoseconds: Int64?,
    completion: @escaping (GRPCStatusCode) -> Void
  ) -> Bool {
    guard
      let call = transport?.startCall(
        path: path, authority: address.authority, timeoutNanoseconds: timeoutNanoseconds)
    else { return false }
    active += 1
    var isAnswered = false
    call.onMessage = { _ in isAnswered = true }
    call.onEnd = { [self] end in
      active -= 1
      // An OK without an answer is none.
      completion(end.status.code == .ok && !isAnswered ? .internal : end.status.code)
    }
    for (index, message) in messages.enumerated() {
      call.sendMessage(message, isLast: index == messages.count - 1)
    }
    return true
  }

  func close() {
    isClosed = true
    onOpen = {}
    onFailure = { _ in }
    transport?.close()
    transport = nil
  }
}

/// Where a load goes.
public struct LoadAddress: Hashable, Sendable {
  /// A host name or the text of an IP address.
  public var host: String

  /// The port.
  public var port: Int

  /// The host that calls ask for.
  public var authority: String

  /// `http`, or `https` where the connector encrypts.
  public var scheme: String

  /// An address; the authority is that of host and port unless it is given.
  public init(host: String, port: Int, authority: String? = nil, scheme: String = "http") {
    self.host = host
    self.port = port
    self.authority = authority ?? "\(host):\(port)"
    self.scheme = scheme
  }
}
