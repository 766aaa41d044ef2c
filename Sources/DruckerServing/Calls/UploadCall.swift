import DruckerProtocol
import GRPC
import ModelStorage
import Protobuf
import Transport

/// Stores a file that comes in parts; it is visible only when the last part is written.
final class UploadCall: GRPCServerCallHandler {
  /// What the file is, which decides where it goes and how the answer is called.
  enum Purpose {
    case model
    case evaluationData
  }

  private enum State {
    case waitingForName
    case writing(any ModelUpload, name: String)
    case committing
    case finished
  }

  private let server: ModelServer
  private let responder: GRPCServerCall
  private let purpose: Purpose
  private let work = RunningWork()
  private var state = State.waitingForName
  /// When the storage is done with what was written so far.
  private var readyNanoseconds: Int64 = 0

  init(server: ModelServer, responder: GRPCServerCall, purpose: Purpose) {
    self.server = server
    self.responder = responder
    self.purpose = purpose
  }

  func messageReceived(_ message: [UInt8]) {
    let name: String
    let data: [UInt8]
    do {
      switch purpose {
      case .model:
        let part = try Drucker.UploadModelRequest(protobuf: message)
        (name, data) = (part.path, part.data)
      case .evaluationData:
        let part = try Drucker.UploadEvaluationDataRequest(protobuf: message)
        (name, data) = (part.dataPath, part.data)
      }
    } catch {
      abandon()
      finish(GRPCStatus(.internal, "the request cannot be read: \(error)"))
      return
    }
    switch state {
    case .waitingForName: begin(name, data)
    case .writing(let upload, _): append(data, to: upload)
    case .committing, .finished: break
    }
  }

  func requestsEnded() {
    switch state {
    case .waitingForName: answer(.failure("the upload has no parts"))
    case .writing(let upload, let name):
      state = .committing
      let wait = Duration.nanoseconds(
        max(0, readyNanoseconds - server.surroundings.loop.nanoseconds))
      server.after(wait, work) { [self] in commit(upload, name) }
    case .committing, .finished: break
    }
  }

  func callCancelled(_ status: GRPCStatus) {
    abandon()
    work.cancel()
  }

  private var mount: any ModelMount {
    switch purpose {
    case .model: server.surroundings.models
    case .evaluationData: server.surroundings.evaluations
    }
  }

  private func begin(_ name: String, _ data: [UInt8]) {
    readyNanoseconds = server.surroundings.loop.nanoseconds
    do throws(StorageError) {
      let path = try ModelPath(application: server.configuration.applicationName, file: name)
      let begun = mount.beginUpload(path)
      took(begun.delay)
      let upload = try begun.result.get()
      state = .writing(upload, name: name)
      append(data, to: upload)
    } catch {
      answer(.failure(error.message))
    }
  }

  private func append(_ data: [UInt8], to upload: any ModelUpload) {
    if data.isEmpty { return }
    let appended = upload.append(data)
    took(appended.delay)
    if case .failure(let error) = appended.result {
      upload.abort()
      answer(.failure(error.message))
    }
  }

  private func took(_ delay: Duration) {
    readyNanoseconds += delay.nanoseconds
  }

  private func commit(_ upload: any ModelUpload, _ name: String) {
    let committed = upload.commit()
    server.after(committed.delay, work) { [self] in
      switch committed.result {
      case .success:
        server.log.system(.info, "uploaded \(name)")
        answer(.success("Success: \(name) is uploaded."))
      case .failure(let error): answer(.failure(error.message))
      }
    }
  }

  private func abandon() {
    if case .writing(let upload, _) = state { upload.abort() }
    state = .finished
  }

  private func answer(_ report: StatusReport) {
    if case .finished = state { return }
    state = .finished
    if report.status == 0 { server.log.system(.error, "upload: \(report.message)") }
    switch purpose {
    case .model: responder.sendMessage(report.modelResponse.protobufBytes())
    case .evaluationData:
      let response = Drucker.UploadEvaluationDataResponse(
        status: report.status, message: report.message)
      responder.sendMessage(response.protobufBytes())
    }
    responder.finish(.ok)
  }

  private func finish(_ status: GRPCStatus) {
    responder.finish(status)
  }
}

/// What uploads and switches answer.
struct StatusReport {
  let status: Int32
  let message: String

  static func success(_ message: String) -> StatusReport {
    StatusReport(status: 1, message: message)
  }

  static func failure(_ message: String) -> StatusReport {
    StatusReport(status: 0, message: "Error: \(message)")
  }

  var modelResponse: Drucker.ModelResponse {
    Drucker.ModelResponse(status: status, message: message)
  }
}
