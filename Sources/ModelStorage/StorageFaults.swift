/// What is wrong with a mount, as data of a scenario; a change takes effect with the next call.
public final class StorageFaults {
  /// What reading one file gives instead of the file.
  public enum FileFault: Sendable, Equatable {
    /// The file is not there.
    case missing
    /// Only the first bytes are there.
    case truncated(byteCount: Int)
    /// Some bytes are changed; the seed says which, and how.
    case corrupt(seed: UInt64)
  }

  /// Nodes on which the mount is not there: every call of their views fails.
  public var notMountedNodes: Set<String> = []
  /// Faults of single files, seen by every node.
  public var files: [ModelPath: FileFault] = [:]
  /// Bytes that may still be uploaded; nil is without limit.
  ///
  /// An abort gives its bytes back.
  public var freeBytes: Int?
  /// Delay of every call.
  public var delay: Duration = .zero
  /// Speed of reading and appending; nil takes no time.
  ///
  /// A call of n bytes takes n / speed.
  public var bytesPerSecond: Int?

  /// A healthy mount.
  public init() {}

  func delay(ofBytes count: Int) -> Duration {
    guard let bytesPerSecond, bytesPerSecond > 0 else { return delay }
    let (seconds, rest) = count.quotientAndRemainder(dividingBy: bytesPerSecond)
    let nanoseconds = Double(rest) / Double(bytesPerSecond) * 1_000_000_000
    return delay + .seconds(seconds) + .nanoseconds(Int64(nanoseconds))
  }
}

extension StorageFaults.FileFault {
  /// What a reader gets in place of the bytes; nil where the file is missing.
  ///
  /// A corrupt file differs in one byte of every started 64, by a draw of SplitMix64: byte
  /// `draw % block` of each block is combined by exclusive-or with 1 + `draw / 256 % 255`.
  func apply(to bytes: [UInt8]) -> [UInt8]? {
    switch self {
    case .missing: return nil
    case .truncated(let byteCount): return Array(bytes.prefix(max(byteCount, 0)))
    case .corrupt(let seed):
      var changed = bytes
      var state = seed
      for start in stride(from: 0, to: bytes.count, by: 64) {
        let block = min(64, bytes.count - start)
        let draw = splitMix64(&state)
        changed[start + Int(draw % UInt64(block))] ^= UInt8(1 + draw / 256 % 255)
      }
      return changed
    }
  }
}

/// Vigna's SplitMix64, enough to choose bytes by a seed.
private func splitMix64(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9e37_79b9_7f4a_7c15
  var value = state
  value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
  value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
  return value ^ (value >> 31)
}
