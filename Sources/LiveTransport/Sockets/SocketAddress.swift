import Glibc

/// An address of TCP over IPv4 or IPv6.
public struct SocketAddress: Sendable {
  var storage = sockaddr_storage()
  var length: socklen_t

  var family: Int32 { Int32(storage.ss_family) }

  /// The port.
  public var port: Int {
    withPointer { pointer, _ in
      let raw = UnsafeRawPointer(pointer)
      return family == AF_INET6
        ? Int(UInt16(bigEndian: raw.loadUnaligned(as: sockaddr_in6.self).sin6_port))
        : Int(UInt16(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_port))
    }
  }

  /// The address that a call such as `getsockname` fills in.
  init?(filledBy call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var length = self.length
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
    }
    guard result == 0 else { return nil }
    self.length = length
  }

  private init(_ entry: addrinfo) {
    length = entry.ai_addrlen
    withUnsafeMutableBytes(of: &storage) { bytes in
      let source = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
      bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(bytes.count)))
    }
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// Whether both are the same address and port.
  func equals(_ other: SocketAddress) -> Bool {
    guard length == other.length, family == other.family else { return false }
    return withUnsafeBytes(of: storage) { left in
      withUnsafeBytes(of: other.storage) { right in
        left.prefix(Int(length)).elementsEqual(right.prefix(Int(length)))
      }
    }
  }

  /// What a lookup found out.
  enum Lookup: Sendable {
    case found([SocketAddress])
    case unknown
    case failed(String)
  }

  /// The addresses of a name; asks the network, and blocks, unless it must be numeric.
  static func find(host: String, port: Int, numericOnly: Bool, passive: Bool = false) -> Lookup {
    guard (0...65_535).contains(port) else { return .failed("there is no port \(port)") }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
    if passive { hints.ai_flags |= AI_PASSIVE }
    var bare = host[...]
    if bare.hasPrefix("["), bare.hasSuffix("]") { bare = bare.dropFirst().dropLast() }
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(String(bare), String(port), &hints, &list)
    guard result == 0 else {
      if result == EAI_NONAME { return .unknown }
      return .failed(String(cString: gai_strerror(result)))
    }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var entry = list
    while let current = entry {
      addresses.append(SocketAddress(current.pointee))
      entry = current.pointee.ai_next
    }
    return addresses.isEmpty ? .unknown : .found(addresses)
  }
}
