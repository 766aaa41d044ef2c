import SimulationKernel

/// Makes unique identifiers and the random ends of generated names.
final class NameGenerator {
  private let identifiers: RandomStream
  private let suffixes: RandomStream
  private var count: UInt64 = 0

  init(simulation: Simulation) {
    identifiers = simulation.randomStream("kubernetes/uid")
    suffixes = simulation.randomStream("kubernetes/name")
  }

  /// A version 4 UUID (RFC 9562); its last twelve digits count up, so that it tells which object
  /// was made first.
  func uid() -> String {
    count += 1
    let high = identifiers.next() & ~0xF000 | 0x4000
    let low = (identifiers.next() & 0x3FFF << 48) | 2 << 62 | count & (1 << 48 - 1)
    return String(unsafeUninitializedCapacity: 36) { bytes in
      var position = 0
      for index in 0..<32 as Range<UInt64> {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          bytes[position] = 0x2D
          position += 1
        }
        let word = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: word >> (60 - 4 * (index % 16)) & 0xF)
        bytes[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        position += 1
      }
      return position
    }
  }

  /// Whether the object of the left identifier was made before that of the right one.
  static func isEarlier(_ left: String, _ right: String) -> Bool {
    // A native text gives its bytes without a copy.
    var (left, right) = (left, right)
    return left.withUTF8 { left in
      right.withUTF8 { right in left.suffix(12).lexicographicallyPrecedes(right.suffix(12)) }
    }
  }

  /// What the random ends of names are made of (`apimachinery/pkg/util/rand/rand.go`).
  static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
  private static let isOfAlphabet: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in alphabet { table[Int(byte)] = true }
    return table
  }()
  /// How many random characters a name gets (`apiserver/pkg/storage/names/generate.go`).
  static let suffixLength = 5

  /// A name with five random characters; the base is cut to 58 bytes.
  func name(base: String) -> String {
    var bytes = Array(base.utf8.prefix(63 - Self.suffixLength))
    for _ in 0..<Self.suffixLength {
      bytes.append(Self.alphabet[suffixes.integer(below: Self.alphabet.count)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a name could have been generated from a base that is not cut.
  static func isName(_ name: String, of base: String) -> Bool {
    let length = base.utf8.count
    guard length > 0, length <= 58, name.utf8.count == length + suffixLength else { return false }
    var (name, base) = (name, base)
    return name.withUTF8 { bytes in
      base.withUTF8 { bytes[..<length].elementsEqual($0) }
        && bytes[length...].allSatisfy { isOfAlphabet[Int($0)] }
    }
  }

  /// The characters that upstream encodes a hash with (`apimachinery/pkg/util/rand`).
  ///
  /// The digits of 12 are `1` (49) and `2` (50): 49 mod 27 = 22 gives `5`, 50 mod 27 = 23 gives
  /// `6`.
  static func safeEncoded(_ number: UInt32) -> String {
    String(
      decoding: String(number).utf8.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
  }
}
