public import Transport

/// Connects byte streams in memory by host and port, in the event loop's next turn.
public final class MemoryNetwork: Connector {
  /// A connection that was opened: the connecting end and the accepting end.
  public struct Connection {
    /// The address, as `host:port`.
    public let address: String
    /// The end of the one that connected.
    public let near: MemoryByteStream
    /// The end of the one that accepted.
    public let far: MemoryByteStream
  }

  /// Who accepts at an address, `host:port`; where nobody does, connections are refused.
  public var listeners: [String: (MemoryByteStream) -> Void] = [:]

  /// Addresses that fail in another way than refusing.
  public var failures: [String: ConnectFailure] = [:]

  /// Addresses from which no answer comes at all.
  public var silent: Set<String> = []

  /// Every connection that was opened, in order.
  public private(set) var connections: [Connection] = []

  /// The addresses to which a connection was asked for, in order.
  public private(set) var attempts: [String] = []

  private let eventLoop: any EventLoop

  /// A network on an event loop.
  public init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Connects to the listener of the address.
  public func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    let address = "\(host):\(port)"
    attempts.append(address)
    eventLoop.schedule(afterNanoseconds: 0) { [self] in
      if silent.contains(address) { return }
      guard failures[address] == nil, let listener = listeners[address] else {
        return completion(.failure(failures[address] ?? .refused))
      }
      let (near, far) = MemoryByteStream.pair(eventLoop: eventLoop)
      connections.append(Connection(address: address, near: near, far: far))
      listener(far)
      completion(.success(near))
    }
  }
}
