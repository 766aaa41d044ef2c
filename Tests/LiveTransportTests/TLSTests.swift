import DruckerClient
import DruckerProtocol
import GRPC
import HTTP2
import Ingress
import LiveTransport
import TestSupport
import Testing
import Transport

#if canImport(Glibc)
  import Glibc
#endif

struct TLSTests {
  private static func file(_ name: String) -> String { "\(Fixture.root)/Fixtures/tls/\(name)" }

  private static func server() throws -> TLSServer {
    try TLSServer(certificateFile: file("server.pem"), keyFile: file("server.key"))
  }

  private static func client(serverName: String? = nil) throws -> TLSClient {
    try TLSClient(trustFile: file("server.pem"), serverName: serverName)
  }

  /// The status of a call that is tried once.
  private static func status(port: Int, _ tls: TLSClient?) async throws -> GRPCStatus? {
    var settings = DruckerClientSettings()
    settings.retriesMax = 0
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: port), settings: settings, tls: tls)
    do {
      _ = try await client.serviceInfo()
      return nil
    } catch let status as GRPCStatus {
      return status
    }
  }

  @Test func `predictions and uploads go both ways over TLS`() async throws {
    let rig = try ServerRig(loops: 2, tls: Self.server())
    let client = try LiveDruckerClient(
      target: .host("127.0.0.1", port: rig.server.port), tls: Self.client())
    let pixels = try SampleDigit.pixels()
    for _ in 0..<20 {
      let answer = try await client.predict(.arrInt(pixels), output: .arrInt)
      #expect(answer.output == .arrInt([Int32(SampleDigit.label)]))
    }
    let large = [UInt8](repeating: 3, count: 5_000_000)
    #expect(try await client.uploadModel(path: "large.model", data: large).status == 1)
    await rig.stop()
  }

  @Test func `the ingress speaks TLS to clients and plain text to backends`() async throws {
    let rig = try ServerRig()
    var limits = LiveLimits()
    limits.host = "127.0.0.1"
    limits.tls = try Self.server()
    let host = "digits-v2-development.example.com"
    let ingress = try LiveIngress(
      routes: [
        IngressRoute(
          host: host, backends: [IngressBackend(host: "127.0.0.1", port: rig.server.port)])
      ], limits: limits)
    let target = DruckerTarget.service(
      application: "digits", level: "development", domain: "example.com",
      ingress: DruckerAddress(host: "127.0.0.1", port: ingress.port), form: .v04)
    let client = try LiveDruckerClient(target: target, tls: Self.client(serverName: host))
    #expect(try await client.serviceInfo().applicationName == "digits")
    await withCheckedContinuation { continuation in ingress.stop { continuation.resume() } }
    await rig.stop()
  }

  @Test func `a server that is not trusted, or has another name, is not called`() async throws {
    let rig = try ServerRig(tls: Self.server())
    let stranger = try await Self.status(port: rig.server.port, TLSClient())
    #expect(stranger?.code == .unavailable)
    #expect(stranger?.message.contains("certificate verify failed") == true)
    let other = try await Self.status(
      port: rig.server.port, Self.client(serverName: "other.test"))
    #expect(other?.message.contains("certificate verify failed") == true)
    #expect(try await Self.status(port: rig.server.port, Self.client()) == nil)
    await rig.stop()
  }

  @Test func `plain text and TLS do not meet, and both sides live`() async throws {
    let plain = try ServerRig()
    let secured = try ServerRig(tls: Self.server())
    #expect(try await Self.status(port: plain.server.port, Self.client())?.code == .unavailable)
    #expect(try await Self.status(port: secured.server.port, nil)?.code == .unavailable)
    #expect(try await Self.status(port: plain.server.port, nil) == nil)
    #expect(try await Self.status(port: secured.server.port, Self.client()) == nil)
    await plain.stop()
    await secured.stop()
  }

  @Test func `a client that stops within the handshake is cut off`() throws {
    var grpc = GRPCServerSettings()
    grpc.http2.timeouts.prefaceNanoseconds = 50_000_000
    let rig = try ServerRig(grpc: grpc, tls: Self.server())
    let port = rig.server.port
    let isClosed = try LoopRig.run { (rig, done: @escaping (Bool) -> Void) in
      rig.connector.connect(host: "127.0.0.1", port: port) { result in
        guard case .success(let stream) = result else { return done(false) }
        stream.onClosed = { _ in done(true) }
        // The head of a record and the beginning of a ClientHello.
        stream.write([22, 3, 1, 1, 0, 1, 0, 0, 252])
      }
    }
    #expect(isClosed == true)
    rig.server.stopAndWait()
  }

  @Test(
    "files that cannot be used are named",
    arguments: [
      ("missing.pem", "server.key", "missing.pem: cannot be read: No such file or directory"),
      ("server.pem", "missing.key", "missing.key: cannot be read: No such file or directory"),
      ("server.key", "server.key", "server.key: is no certificate chain in PEM"),
      ("cut.pem", "server.key", "cut.pem: is no certificate chain in PEM"),
      ("server.pem", "server.pem", "server.pem: is no private key in PEM without a password"),
      ("server.pem", "locked.key", "locked.key: is no private key in PEM without a password"),
      ("server.pem", "other.key", "other.key: is not the key of the certificate in "),
    ])
  func badFiles(_ certificate: String, _ key: String, _ message: String) {
    let error = #expect(throws: TLSError.self) {
      try TLSServer(certificateFile: Self.file(certificate), keyFile: Self.file(key))
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix(Self.file("") + message), "\(text)")
  }

  @Test func `certificates that no client could trust are named`() {
    let error = #expect(throws: TLSError.self) {
      try TLSClient(trustFile: Self.file("server.key"))
    }
    #expect(
      error?.description.contains("server.key: holds no certificates in PEM") == true)
  }

  @Test func `a certificate that is replaced by a bad one stays`() async throws {
    let folder = try TemporaryFolder()
    let (certificate, key) = (folder.path + "/server.pem", folder.path + "/server.key")
    defer {
      unlink(certificate)
      unlink(key)
    }
    try Self.copy("server.pem", to: certificate)
    try Self.copy("server.key", to: key)
    let tls = try TLSServer(certificateFile: certificate, keyFile: key)
    let rig = try ServerRig(tls: tls)
    try Self.copy("other.key", to: key)
    #expect(throws: TLSError.self) { try tls.reload() }
    #expect(try await Self.status(port: rig.server.port, Self.client()) == nil)
    try Self.copy("server.key", to: key)
    try tls.reload()
    #expect(try await Self.status(port: rig.server.port, Self.client()) == nil)
    await rig.stop()
  }

  private static func copy(_ name: String, to path: String) throws {
    let bytes = try Fixture.bytes("Fixtures/tls/" + name)
    let file = try #require(fopen(path, "w"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
