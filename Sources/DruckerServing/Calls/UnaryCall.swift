import GRPC
import Protobuf

/// A call with one request, which is acted upon when the client has ended its side.
final class UnaryCall<Request: ProtobufMessage>: GRPCServerCallHandler {
  /// What the call has under way.
  let work = RunningWork()

  private let responder: GRPCServerCall
  private let body: (Request, UnaryCall<Request>) -> Void
  private var message: [UInt8]?
  private var isFinished = false

  init(_ responder: GRPCServerCall, _ body: @escaping (Request, UnaryCall<Request>) -> Void) {
    self.responder = responder
    self.body = body
  }

  func messageReceived(_ message: [UInt8]) {
    if self.message == nil {
      self.message = message
    } else {
      finish(GRPCStatus(.internal, "the call takes one request, got another"))
    }
  }

  func requestsEnded() {
    if isFinished { return }
    guard let message else {
      finish(GRPCStatus(.internal, "the call has no request"))
      return
    }
    do {
      body(try Request(protobuf: message), self)
    } catch {
      finish(GRPCStatus(.internal, "the request cannot be read: \(error)"))
    }
  }

  func callCancelled(_ status: GRPCStatus) {
    isFinished = true
    work.cancel()
  }

  /// Sends a message of a call that may have several.
  func send(_ response: some ProtobufMessage) {
    if !isFinished { responder.sendMessage(response.protobufBytes()) }
  }

  /// Sends messages as the client takes them, then ends the call.
  func send(_ responses: [some ProtobufMessage]) {
    var rest = responses[...]
    func pump() {
      while let next = rest.first {
        guard responder.isWritable else { return }
        rest.removeFirst()
        responder.sendMessage(next.protobufBytes())
      }
      responder.onWritable = nil
      finish(.ok)
    }
    responder.onWritable = { if !self.isFinished { pump() } }
    pump()
  }

  /// Answers with the only message.
  func answer(_ response: some ProtobufMessage) {
    send(response)
    finish(.ok)
  }

  func finish(_ status: GRPCStatus) {
    if isFinished { return }
    isFinished = true
    responder.finish(status)
  }
}
