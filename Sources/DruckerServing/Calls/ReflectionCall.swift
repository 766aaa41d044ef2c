import DruckerProtocol
import GRPC
import Protobuf

/// Server reflection: answers each question of the stream in turn.
final class ReflectionCall: GRPCServerCallHandler {
  private let responder: GRPCServerCall

  init(responder: GRPCServerCall) { self.responder = responder }

  func messageReceived(_ message: [UInt8]) {
    do {
      let request = try ReflectionV1.ServerReflectionRequest(protobuf: message)
      let response = ReflectionV1.ServerReflectionResponse(
        validHost: request.host, originalRequest: request, messageResponse: Self.answer(request))
      responder.sendMessage(response.protobufBytes())
    } catch {
      responder.finish(GRPCStatus(.internal, "the request cannot be read: \(error)"))
    }
  }

  func requestsEnded() { responder.finish() }

  func callCancelled(_ status: GRPCStatus) {}

  private typealias Answer = ReflectionV1.ServerReflectionResponse.MessageResponse

  private static func answer(_ request: ReflectionV1.ServerReflectionRequest) -> Answer {
    switch request.messageRequest {
    case .fileByFilename(let name):
      return files("file \(name)") { $0.name == name }
    case .fileContainingSymbol(let symbol):
      return files("symbol \(symbol)") { $0.symbols.contains(symbol) }
    case .fileContainingExtension(let asked):
      return files("extension \(asked.extensionNumber) of \(asked.containingType)") { file in
        file.extensions.contains {
          $0.extendedType == asked.containingType && $0.number == asked.extensionNumber
        }
      }
    case .allExtensionNumbersOfType(let type):
      guard ProtobufFile.all.contains(where: { $0.symbols.contains(type) }) else {
        return notFound("type \(type)")
      }
      // Both packages use one number; it is listed once.
      let numbers = Set(
        ProtobufFile.all.flatMap(\.extensions).filter { $0.extendedType == type }.map(\.number))
      return .allExtensionNumbersResponse(
        ReflectionV1.ExtensionNumberResponse(
          baseTypeName: type, extensionNumber: numbers.sorted().map { Int32($0) }))
    case .listServices:
      let names = ProtobufFile.all.flatMap { $0.services.map(\.name) }.sorted()
      return .listServicesResponse(
        ReflectionV1.ListServiceResponse(
          service: names.map { ReflectionV1.ServiceResponse(name: $0) }))
    case nil:
      return .errorResponse(
        ReflectionV1.ErrorResponse(
          errorCode: Int32(GRPCStatusCode.invalidArgument.rawValue),
          errorMessage: "the request asks nothing"))
    }
  }

  /// The first file that fits, followed by everything that it imports.
  private static func files(_ asked: String, _ fits: (ProtobufFile) -> Bool) -> Answer {
    guard let first = ProtobufFile.all.first(where: fits) else { return notFound(asked) }
    var files = [first]
    var next = 0
    while next < files.count {
      for name in files[next].imports where !files.contains(where: { $0.name == name }) {
        files.append(contentsOf: ProtobufFile.all.filter { $0.name == name })
      }
      next += 1
    }
    return .fileDescriptorResponse(
      ReflectionV1.FileDescriptorResponse(fileDescriptorProto: files.map(\.descriptor)))
  }

  private static func notFound(_ asked: String) -> Answer {
    .errorResponse(
      ReflectionV1.ErrorResponse(
        errorCode: Int32(GRPCStatusCode.notFound.rawValue), errorMessage: "there is no \(asked)"))
  }
}
