import CTLS
import Glibc
import Synchronization

/// What the TLS connections of one end have in common; may be used by all threads.
final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { andruck_tls_free_context(pointer) }

  static func server(certificate: String, key: String) throws(TLSError) -> TLSContext {
    for file in [certificate, key] where access(file, R_OK) != 0 {
      throw TLSError(
        file: file, message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    var fault: Int32 = 0
    if let pointer = andruck_tls_server(certificate, key, &fault) { return TLSContext(pointer) }
    let reason = TLSContext.reason()
    switch Int(fault) {
    case andruck_tls_bad_certificate:
      throw TLSError(
        file: certificate, message: "is no certificate chain in PEM\(reason)")
    case andruck_tls_bad_key:
      throw TLSError(
        file: key, message: "is no private key in PEM without a password\(reason)")
    case andruck_tls_no_pair:
      throw TLSError(
        file: key, message: "is not the key of the certificate in \(certificate)")
    default: throw TLSError(file: nil, message: "TLS cannot be set up\(reason)")
    }
  }

  static func client(trustFile: String?) throws(TLSError) -> TLSContext {
    if let trustFile, access(trustFile, R_OK) != 0 {
      throw TLSError(
        file: trustFile, message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    var fault: Int32 = 0
    if let pointer = andruck_tls_client(trustFile, &fault) { return TLSContext(pointer) }
    let reason = TLSContext.reason()
    guard Int(fault) == andruck_tls_bad_trust else {
      throw TLSError(file: nil, message: "TLS cannot be set up\(reason)")
    }
    throw TLSError(
      file: trustFile, message: "holds no certificates in PEM that could be trusted\(reason)")
  }

  /// Why the thread's last call of the library failed, to be put behind a sentence.
  static func reason() -> String {
    var text = [CChar](repeating: 0, count: 256)
    andruck_tls_reason(&text, Int32(text.count))
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "" : " (\(String(decoding: bytes, as: UTF8.self)))"
  }
}

/// A server's certificate and key, for HTTP/2 over TLS 1.2 and 1.3 with ALPN.
public final class TLSServer: Sendable {
  /// The file of the certificate and those that it is signed by, in PEM.
  public let certificateFile: String

  /// The file of the private key, in PEM and without a password.
  public let keyFile: String

  private let current: Mutex<TLSContext>

  /// Reads both files.
  /// - Throws: `TLSError` that names the file at fault.
  public init(certificateFile: String, keyFile: String) throws(TLSError) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    let context = try TLSContext.server(certificate: certificateFile, key: keyFile)
    current = Mutex(context)
  }

  /// Reads both files again, for connections from now on; where that fails, the old ones stay.
  public func reload() throws(TLSError) {
    let context = try TLSContext.server(certificate: certificateFile, key: keyFile)
    current.withLock { $0 = context }
  }

  var context: TLSContext { current.withLock { $0 } }
}

/// Whom a client trusts: HTTP/2 over TLS 1.2 and 1.3, with the server's name checked.
public final class TLSClient: Sendable {
  let context: TLSContext

  /// The name that the server's certificate must have; nil for the host that is connected to.
  public let serverName: String?

  /// Trusts the certificates of a file in PEM, or those of the system.
  /// - Throws: `TLSError` that names the file.
  public init(trustFile: String? = nil, serverName: String? = nil) throws(TLSError) {
    context = try TLSContext.client(trustFile: trustFile)
    self.serverName = serverName
  }
}
