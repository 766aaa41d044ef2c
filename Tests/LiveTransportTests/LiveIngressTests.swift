import DruckerClient
import DruckerProtocol
import GRPC
import HTTP2
import Ingress
import LiveTransport
import Testing
import YAML

struct LiveIngressTests {
  @Test func `requests are balanced, go on when a backend stops, and end as UNAVAILABLE`()
    async throws
  {
    let rigs = try (0..<2).map { _ in try ServerRig() }
    let ingress = try Self.ingress(rigs.map(\.server.port))
    let client = try LiveDruckerClient(target: .host("127.0.0.1", port: ingress.port))
    let pixels = try SampleDigit.pixels()
    for _ in 0..<10 {
      _ = try await client.run { try await $0.predict(.arrInt(pixels), output: .arrInt) }
    }
    await rigs[0].stop()
    for _ in 0..<10 {
      let answer = try await client.run { try await $0.predict(.arrInt(pixels), output: .arrInt) }
      #expect(answer.output == .arrInt([Int32(SampleDigit.label)]))
    }
    await rigs[1].stop()
    for rig in rigs {
      let count = rig.logText.split(separator: "\n").count { $0.contains("prediction result.") }
      #expect(count >= 5)
    }
    let status = await client.status(pixels)
    #expect(status?.code == .unavailable)
    await Self.stop(ingress)
  }

  @Test func `an unknown host has no route, until the routes are replaced`() async throws {
    let rig = try ServerRig()
    let ingress = try Self.ingress([])
    let client = try LiveDruckerClient(target: .host("127.0.0.1", port: ingress.port))
    let pixels = try SampleDigit.pixels()
    #expect(await client.status(pixels) != nil)
    ingress.update(routes: [
      IngressRoute(
        host: "127.0.0.1",
        backends: [IngressBackend(host: "127.0.0.1", port: rig.server.port)])
    ])
    #expect(await client.status(pixels) == nil)
    await Self.stop(ingress)
    await rig.stop()
  }

  @Test func `a client that keeps every stream of a backend open keeps nobody else out`()
    async throws
  {
    var grpc = GRPCServerSettings()
    grpc.http2.maxConcurrentStreams = 4
    let rig = try ServerRig(grpc: grpc)
    let ingress = try Self.ingress([rig.server.port])
    let target = DruckerTarget.host("127.0.0.1", port: ingress.port)
    let pixels = try SampleDigit.pixels()
    let hog = try LiveDruckerClient(target: target)
    // The first call tells the ingress how many streams the backend takes.
    #expect(await hog.status(pixels) == nil)
    try await hog.run { client in
      for _ in 0..<10 {
        client.start(.predict(input: .bytes, output: .bytes), messages: [], isComplete: false) {
          _ in
        }
      }
    }
    #expect(await hog.status(pixels) == nil)
    let other = try LiveDruckerClient(target: target)
    #expect(await other.status(pixels) == nil)
    try await hog.run { $0.close() }
    await Self.stop(ingress)
    await rig.stop()
  }

  @Test func `a file of routes is read`() throws {
    let text = """
      hosts:
        Digits.example.com: [127.0.0.1:5001, "[::1]:5002", worker:80]
        empty.example.com: []
      """
    let routes = try IngressFile.routes(text, file: "routes.yaml")
    #expect(
      routes == [
        IngressRoute(
          host: "digits.example.com",
          backends: [
            IngressBackend(host: "127.0.0.1", port: 5_001),
            IngressBackend(host: "::1", port: 5_002), IngressBackend(host: "worker", port: 80),
          ]),
        IngressRoute(host: "empty.example.com", backends: []),
      ])
  }

  @Test(
    "a wrong file of routes names the place",
    arguments: [
      ("[]", "f:1:1"), ("host: {}", "f:1:1"), ("{}", "f:1:1"),
      ("hosts: 3", "f:1:8"), ("hosts: {a: b}", "f:1:12"),
      ("hosts: {a: [b]}", "f:1:13"), ("hosts: {a: [\"b:0\"]}", "f:1:13"),
      ("hosts: {a: [\"::1:5\"]}", "f:1:13"), ("hosts: {a: [], A: []}", "f:1:16"),
    ])
  func wrongFile(_ text: String, _ place: String) {
    let error = #expect(throws: YAMLError.self) { try IngressFile.routes(text, file: "f") }
    #expect(error?.description.hasPrefix(place + ":") == true, "\(error?.description ?? "")")
  }

  private static func ingress(_ ports: [Int]) throws -> LiveIngress {
    var limits = LiveLimits()
    limits.host = "127.0.0.1"
    let backends = ports.map { IngressBackend(host: "127.0.0.1", port: $0) }
    let routes = ports.isEmpty ? [] : [IngressRoute(host: "127.0.0.1", backends: backends)]
    return try LiveIngress(routes: routes, limits: limits)
  }

  private static func stop(_ ingress: LiveIngress) async {
    await withCheckedContinuation { continuation in ingress.stop { continuation.resume() } }
  }
}

extension LiveDruckerClient {
  /// The status of a prediction that fails, tried once; nil when it succeeds.
  fileprivate func status(_ pixels: [Int32]) async -> GRPCStatus? {
    do {
      _ = try await run { try await $0.predict(.arrInt(pixels), output: .arrInt) }
      return nil
    } catch let status as GRPCStatus {
      return status
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }
}
