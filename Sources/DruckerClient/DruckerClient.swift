public import DruckerProtocol
import GRPC
public import Protobuf
public import Transport

/// A client of a model server, directly or by the name of its service.
///
/// One connection is kept, opened when the first call needs it, and others while its streams are all
/// taken. A call that no server can have
/// processed is tried again within its deadline. Everything happens on the event loop's thread;
/// tasks that use the asynchronous functions run, and are cancelled, on it too.
public final class DruckerClient {
  /// Where calls go.
  public let target: DruckerTarget

  /// How the client behaves.
  public let settings: DruckerClientSettings

  /// The host that calls ask for.
  public let authority: String

  private let eventLoop: any EventLoop
  private let pool: ChannelPool
  private let metadata: GRPCMetadata
  /// The last call's method: most calls are like the one before.
  @exclusivity(unchecked) private var lastMethod: DruckerMethod?

  /// A client; `random` gives numbers in `0..<1` for the jitter of waits.
  public init(
    target: DruckerTarget, settings: DruckerClientSettings = DruckerClientSettings(),
    eventLoop: any EventLoop, connector: any Connector, random: @escaping () -> Double
  ) {
    self.target = target
    self.settings = settings
    self.eventLoop = eventLoop
    authority = target.authority(grpcVersion: settings.grpcVersion)
    metadata = Self.metadata(target, settings)
    let (address, authority) = (target.address, self.authority)
    pool = ChannelPool(channelsMax: settings.connectionsMax) {
      Channel(
        eventLoop: eventLoop, connector: connector, address: address, authority: authority,
        settings: settings, random: random)
    }
  }

  private static func metadata(
    _ target: DruckerTarget, _ settings: DruckerClientSettings
  ) -> GRPCMetadata {
    var application = settings.application
    var level = settings.level
    if case .service(let name, let ofService, _, _, _) = target {
      application = application ?? name
      level = level ?? ofService
    }
    var metadata = GRPCMetadata()
    if let application { metadata.append("x-rekcurd-application-name", application) }
    if let level { metadata.append("x-rekcurd-sevice-level", level) }
    metadata.append("x-rekcurd-grpc-version", settings.grpcVersion)
    return metadata
  }

  /// Starts no more calls; those that run finish, those that wait end as UNAVAILABLE.
  public func shutDown() { pool.close(atOnce: false) }

  /// Closes the connection; calls that run or wait end as UNAVAILABLE.
  public func close() { pool.close(atOnce: true) }

  /// Makes a call with serialised messages.
  ///
  /// Messages of the server go to `onMessage` as they arrive, or else into the reply. A call that is
  /// not complete takes more messages by `send`. The completion is called once, never from within
  /// this function.
  @discardableResult
  public func start(
    _ call: DruckerMethod.Call, messages: [[UInt8]], isComplete: Bool = true,
    options: DruckerCallOptions = DruckerCallOptions(), onMessage: (([UInt8]) -> Void)? = nil,
    completion: @escaping (DruckerReply<[[UInt8]]>) -> Void
  ) -> DruckerCall {
    var metadata = self.metadata
    metadata.append(contentsOf: options.metadata)
    var deadline: Int64?
    if let timeout = options.timeoutNanoseconds ?? settings.timeoutNanoseconds {
      let sum = eventLoop.nanoseconds.addingReportingOverflow(timeout)
      deadline = sum.overflow ? nil : sum.partialValue
    }
    let channel = pool.channel()
    let started = DruckerCall(
      method: method(call), messages: messages,
      isComplete: isComplete, metadata: metadata, deadlineNanoseconds: deadline,
      channel: channel, onMessage: onMessage, completion: completion)
    channel.start(started)
    return started
  }

  private func method(_ call: DruckerMethod.Call) -> DruckerMethod {
    if let lastMethod, lastMethod.call == call { return lastMethod }
    let method = DruckerMethod(call, package: settings.package)
    lastMethod = method
    return method
  }

  /// Makes a call with any number of messages each way.
  @discardableResult
  public func stream<Request: ProtobufMessage, Response: ProtobufMessage>(
    _ call: DruckerMethod.Call, _ requests: [Request], of type: Response.Type = Response.self,
    options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<[Response]>) -> Void
  ) -> DruckerCall {
    start(call, messages: requests.map { $0.protobufBytes() }, options: options) { reply in
      completion(reply.flatMap { Self.decode($0) })
    }
  }

  /// Makes a call that is answered with one message; an OK with another number is INTERNAL.
  @discardableResult
  public func single<Request: ProtobufMessage, Response: ProtobufMessage>(
    _ call: DruckerMethod.Call, _ requests: [Request], of type: Response.Type = Response.self,
    options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Response>) -> Void
  ) -> DruckerCall {
    stream(call, requests, of: type, options: options) { reply in
      completion(reply.flatMap { Self.only($0) })
    }
  }

  static func decode<Response: ProtobufMessage>(
    _ messages: [[UInt8]]
  ) -> Result<[Response], GRPCStatus> {
    do {
      return .success(try messages.map { try Response(protobuf: $0) })
    } catch {
      return .failure(GRPCStatus(.internal, "the server's message is malformed: \(error)"))
    }
  }

  static func only<Value>(_ values: [Value]) -> Result<Value, GRPCStatus> {
    guard let value = values.first, values.count == 1 else {
      return .failure(
        GRPCStatus(.internal, "the server sent \(values.count) messages where one is due"))
    }
    return .success(value)
  }
}
