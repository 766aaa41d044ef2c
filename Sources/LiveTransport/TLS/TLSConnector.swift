public import Transport

/// Opens TCP connections and makes TLS connections of them.
public final class TLSConnector: Connector {
  private let sockets: SocketConnector
  private let loop: SocketEventLoop
  private let tls: TLSClient
  private let settings: SocketSettings

  /// A connector whose streams live on a loop.
  public init(loop: SocketEventLoop, tls: TLSClient, settings: SocketSettings = SocketSettings()) {
    self.loop = loop
    self.tls = tls
    self.settings = settings
    sockets = SocketConnector(loop: loop, settings: settings)
  }

  /// Connects, and is done when the server has shown its certificate and agreed on HTTP/2.
  public func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    let name = tls.serverName ?? host
    sockets.connect(host: host, port: port) { [loop, tls, settings] result in
      switch result {
      case .failure(let failure): completion(.failure(failure))
      case .success(let socket):
        guard let stream = TLSStream(socket, context: tls.context, host: name, loop: loop) else {
          socket.reset()
          completion(.failure(.insecure("\(name) cannot be a server's name")))
          return
        }
        let timer = loop.schedule(afterNanoseconds: settings.firstByteNanoseconds) {
          [weak stream] in
          guard let stream else { return }
          stream.reset()
          completion(.failure(.timedOut))
        }
        stream.onHandshake = { [unowned stream] reason in
          timer.cancel()
          if let reason {
            completion(.failure(.insecure(reason)))
          } else {
            completion(.success(stream))
          }
        }
      }
    }
  }
}
