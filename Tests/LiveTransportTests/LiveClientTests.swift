import DruckerClient
import DruckerProtocol
import GRPC
import HTTP2
import LiveTransport
import Synchronization
import Testing
import Transport

/// The client on real sockets: connections, waits, deadlines, second attempts.
struct LiveClientTests {
  private static func settings(_ change: (inout DruckerClientSettings) -> Void = { _ in })
    -> DruckerClientSettings
  {
    var settings = DruckerClientSettings()
    settings.backoff.initialNanoseconds = 20_000_000
    change(&settings)
    return settings
  }

  /// How a call without an answer's content ended, and how often it was tried.
  private struct Ending: Sendable {
    let code: GRPCStatusCode
    let attempts: Int
  }

  private static func serviceInfo(_ client: LiveDruckerClient) async throws -> Ending {
    try await client.run { client in
      try await withUnsafeThrowingContinuation { continuation in
        _ = client.serviceInfo { reply in
          continuation.resume(
            returning: Ending(code: reply.status.code, attempts: reply.attempts))
        }
      }
    }
  }

  private actor Caller {
    private let client: LiveDruckerClient

    init(_ client: LiveDruckerClient) { self.client = client }

    func application() async throws -> String {
      try await client.serviceInfo().applicationName
    }
  }

  @Test func `an actor, the main actor and any task may call`() async throws {
    let rig = try ServerRig()
    let client = try LiveDruckerClient(target: .host("127.0.0.1", port: rig.server.port))
    #expect(try await Caller(client).application() == "digits")
    let main = Task { @MainActor in try await client.serviceInfo().applicationName }
    #expect(try await main.value == "digits")
    let other = Task { try await client.checkHealth().status }
    #expect(try await other.value == .serving)
    await rig.stop()
  }

  @Test func `calls that a connection has no streams for go over others`() async throws {
    var grpc = GRPCServerSettings()
    grpc.http2.maxConcurrentStreams = 2
    let rig = try ServerRig(grpc: grpc)
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: rig.server.port),
      settings: Self.settings { $0.connectionsMax = 3 })
    // The first call tells the client how many streams the server takes.
    _ = try await client.serviceInfo()
    for taken in 0..<5 {
      try await client.run { client in
        _ = client.start(
          .predict(input: .bytes, output: .bytes), messages: [], isComplete: false
        ) { _ in }
      }
      let ending = try await Self.serviceInfo(client)
      #expect(ending.code == .ok, "with \(taken + 1) streams taken")
    }
    try await client.run { $0.close() }
    await rig.stop()
  }

  @Test func `a call waits for a server that comes, and is sent to it`() async throws {
    let port = try Self.freePort()
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: port), settings: Self.settings { $0.retriesMax = 20 })
    let call = Task { try await Self.serviceInfo(client) }
    // The first attempt has been refused long before the server has loaded its model.
    let rig = try ServerRig(port: port)
    let ending = try await call.value
    #expect(ending.code == .ok)
    #expect(ending.attempts >= 1)
    await rig.stop()
  }

  @Test func `a server that has gone is UNAVAILABLE after the last attempt`() async throws {
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: try Self.freePort()),
      settings: Self.settings { $0.retriesMax = 2 })
    let ending = try await Self.serviceInfo(client)
    #expect(ending.code == .unavailable)
    #expect(ending.attempts == 3)
  }

  @Test func `a connection that a restart broke is opened again`() async throws {
    let first = try ServerRig()
    let port = first.server.port
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: port), settings: Self.settings { $0.retriesMax = 20 })
    #expect(try await Self.serviceInfo(client).code == .ok)
    await first.stop()
    let second = try ServerRig(port: port)
    #expect(try await Self.serviceInfo(client).code == .ok)
    await second.stop()
  }

  @Test func `a call that nobody answers ends at its deadline`() async throws {
    let rig = try ServerRig()
    let client = try LiveDruckerClient(target: .host("127.0.0.1", port: rig.server.port))
    let code: GRPCStatusCode = try await client.run { client in
      try await withUnsafeThrowingContinuation { continuation in
        client.start(
          .predict(input: .bytes, output: .bytes), messages: [], isComplete: false,
          options: DruckerCallOptions(timeoutNanoseconds: 30_000_000)
        ) { continuation.resume(returning: $0.status.code) }
      }
    }
    #expect(code == .deadlineExceeded)
    await rig.stop()
  }

  @Test func `a call that a server may have processed is not sent again`() throws {
    let outcome = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var connections = 0
      do {
        let listener = try SocketListener(loop: rig.loop, host: "127.0.0.1", port: 0) { socket in
          guard let stream = socket.stream(on: rig.loop) else { return }
          connections += 1
          // Reads the request, and breaks the connection instead of an answer.
          rig.held.append(
            GRPCServerTransport(stream: stream, eventLoop: rig.loop) { call in
              call.onHalfClose = { stream.reset() }
              return true
            })
        }
        rig.held.append(listener)
        let client = DruckerClient(
          target: .host("127.0.0.1", port: listener.port), settings: Self.settings(),
          eventLoop: rig.loop, connector: rig.connector, random: { 0.5 })
        rig.held.append(client)
        _ = client.serviceInfo { reply in
          done([reply.status.code.rawValue, reply.attempts, connections])
        }
      } catch {
        done([])
      }
    }
    #expect(outcome == [GRPCStatusCode.unavailable.rawValue, 1, 1])
  }

  @Test func `peers that begin and do not go on are cut off`() throws {
    var grpc = GRPCServerSettings()
    grpc.http2.timeouts.prefaceNanoseconds = 40_000_000
    grpc.http2.timeouts.frameNanoseconds = 40_000_000
    grpc.http2.timeouts.idleNanoseconds = 60_000_000
    let rig = try ServerRig(grpc: grpc)
    let port = rig.server.port
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
    // Half a preface; half the head of a frame; a header block without an end; nothing more.
    let beginnings = [
      Array(preface[..<10]), preface + [0, 0], preface + [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x83], preface,
    ]
    for bytes in beginnings {
      let isClosed = try LoopRig.run { (rig, done: @escaping (Bool) -> Void) in
        rig.connector.connect(host: "127.0.0.1", port: port) { result in
          guard case .success(let stream) = result else { return done(false) }
          stream.onClosed = { _ in done(true) }
          stream.write(bytes)
        }
      }
      #expect(isClosed == true, "\(bytes.count) bytes")
    }
    rig.server.stopAndWait()
  }

  /// A port that nobody listens on.
  private static func freePort() throws -> Int {
    let port = try LoopRig.run { (rig, done: @escaping (Int) -> Void) in
      guard
        let listener = try? SocketListener(
          loop: rig.loop, host: "127.0.0.1", port: 0, onAccept: { _ in })
      else { return done(0) }
      let port = listener.port
      listener.close()
      done(port)
    }
    return try #require(port)
  }
}
