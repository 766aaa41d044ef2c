public import DruckerClient
public import DruckerProtocol
import GRPC

/// A call of the load: where it goes, and with what.
public struct LoadRequest: Hashable, Sendable {
  /// The HTTP/2 path.
  public let path: String

  /// The messages of each variant; a call sends all messages of one variant, in turn.
  public let variants: [[[UInt8]]]

  /// A call of a method with one message, of which there may be several variants.
  public init(_ method: DruckerMethod, inputs: [DruckerInput]) {
    precondition(!inputs.isEmpty, "a load without an input")
    path = method.path
    variants = inputs.map { [$0.message()] }
  }
}

/// Inputs that are made up.
public enum LoadPayload {
  /// An input of a kind with `size` bytes, numbers or words, each a number of 0 to 16 as the pixels
  /// of the digits are.
  public static func generated(_ kind: PayloadKind, size: Int) -> DruckerInput {
    input(kind, numbers: (0..<size).map { ($0 * 5 + 3) % 17 })
  }

  /// An input of a kind from whole numbers.
  public static func input(_ kind: PayloadKind, numbers: [Int]) -> DruckerInput {
    switch kind {
    case .string: .string(numbers.map(String.init).joined(separator: ","))
    case .bytes: .bytes(numbers.map { UInt8(truncatingIfNeeded: $0) })
    case .arrInt: .arrInt(numbers.map { Int32(truncatingIfNeeded: $0) })
    case .arrFloat: .arrFloat(numbers.map { Float($0) })
    case .arrString: .arrString(numbers.map(String.init))
    }
  }
}
