/// A `.proto` file as server reflection describes it.
package struct ProtobufFile: Sendable {
  /// A service that the file declares.
  package struct Service: Sendable {
    /// The fully qualified name.
    package let name: String
    /// The calls, in the file's order.
    package let methods: [Method]
  }

  /// A call that a service declares.
  package struct Method: Sendable, Hashable {
    /// The name within the service.
    package let name: String
    /// The fully qualified name of the request message.
    package let input: String
    /// The fully qualified name of the response message.
    package let output: String
    /// Which sides send more than one message.
    package let streaming: StreamingKind

    init(
      _ name: String, _ input: String, _ output: String, _ clientStreams: Bool,
      _ serverStreams: Bool
    ) {
      self.name = name
      self.input = input
      self.output = output
      streaming = StreamingKind(clientStreams: clientStreams, serverStreams: serverStreams)
    }
  }

  /// An extension that the file declares.
  package struct Extension: Sendable, Hashable {
    /// The fully qualified name of the extended message.
    package let extendedType: String
    /// The extension's field number.
    package let number: Int
  }

  /// The file's name, as other files import it.
  package let name: String
  /// The protobuf package.
  package let package: String
  /// The names of the files that it imports.
  package let imports: [String]
  /// The services that it declares.
  package let services: [Service]
  /// The extensions that it declares.
  package let extensions: [Extension]
  /// The fully qualified names of everything that it declares.
  package let symbols: [String]
  /// The serialised `FileDescriptorProto`.
  package let descriptor: [UInt8]

  init(
    name: String, package: String, imports: [String], services: [Service],
    extensions: [Extension], symbols: [String], hexadecimal: StaticString
  ) {
    self.name = name
    self.package = package
    self.imports = imports
    self.services = services
    self.extensions = extensions
    self.symbols = symbols
    descriptor = hexadecimal.withUTF8Buffer { digits in
      stride(from: 0, to: digits.count, by: 2).map {
        Self.value(digits[$0]) << 4 | Self.value(digits[$0 + 1])
      }
    }
  }

  private static func value(_ digit: UInt8) -> UInt8 {
    digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
  }

  /// Every file that describes what a model server offers, and what those import.
  package static let all: [ProtobufFile] = [
    .drucker, .rekcurd, .health, .reflection, .reflectionV1alpha, .descriptor,
  ]
}
