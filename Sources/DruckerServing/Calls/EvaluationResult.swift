import DruckerProtocol
import GRPC
import ModelStorage
import Protobuf

extension ModelServer {
  /// A message of results stays below this size.
  static let resultMessageBytesMax = 4_190_000

  /// Reads the results of an evaluation and streams them in parts.
  func evaluationResult(
    _ request: Drucker.EvaluationResultRequest, package: DruckerPackage,
    _ call: UnaryCall<Drucker.EvaluationResultRequest>
  ) {
    do throws(StorageError) {
      let paths = try EvaluationPaths(
        application: configuration.applicationName, dataPath: request.dataPath,
        resultPath: request.resultPath)
      let read = surroundings.evaluations.read(paths.result)
      after(read.delay, call.work) {
        switch read.result {
        case .success(let file): self.send(file, package: package, call)
        case .failure(let error): call.finish(GRPCStatus(storage: error))
        }
      }
    } catch {
      call.finish(GRPCStatus(storage: error))
    }
  }

  private func send(
    _ file: ModelFile, package: DruckerPackage, _ call: UnaryCall<Drucker.EvaluationResultRequest>
  ) {
    let whole: Drucker.EvaluationResultResponse
    do {
      whole = try Drucker.EvaluationResultResponse(protobuf: file.bytes)
    } catch {
      call.finish(GRPCStatus(.dataLoss, "\(file.path) holds no results: \(error)"))
      return
    }
    let parts = whole.restricted(to: package).parts(bytesMax: Self.resultMessageBytesMax)
    guard let parts else {
      call.finish(
        GRPCStatus(
          .resourceExhausted,
          "\(file.path) has a case above \(Self.resultMessageBytesMax) bytes"))
      return
    }
    call.send(parts)
  }
}

extension Drucker.EvaluationResultResponse {
  /// The results in messages below a size, each with the metrics; nil when one case is too large.
  func parts(bytesMax: Int) -> [Self]? {
    let emptySize = Self(metrics: metrics, detail: []).protobufByteCount
    var parts: [Self] = []
    var current: [Detail] = []
    var size = emptySize
    for detail in detail {
      let detailSize = ProtobufSize.tag(2 << 3 | 2) + ProtobufSize.message(detail)
      if size + detailSize >= bytesMax {
        if current.isEmpty || emptySize + detailSize >= bytesMax { return nil }
        parts.append(Self(metrics: metrics, detail: current))
        current = []
        size = emptySize
      }
      current.append(detail)
      size += detailSize
    }
    parts.append(Self(metrics: metrics, detail: current))
    return parts
  }
}
