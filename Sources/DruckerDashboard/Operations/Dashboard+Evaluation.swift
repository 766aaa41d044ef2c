extension Dashboard {
  /// Uploads data to evaluate the application's models with, through one of its services.
  package func uploadEvaluationData(
    application: Int, bytes: [UInt8], _ done: @escaping Completion<EvaluationRecord>
  ) {
    let targets: [WorkerTarget]
    let path: String
    do throws(DashboardError) {
      targets = try self.targets(application: application)
      path = try freshDataPath(application: application)
    } catch {
      return done(.failure(error))
    }
    upload(
      to: targets[...],
      { target, answer in
        self.workers.uploadEvaluationData(to: target, dataPath: path, bytes: bytes, answer)
      },
      { result in
        self.answer(done) { () throws(DashboardError) in
          try result.get()
          _ = try self.application(application)
          return try self.data {
            try self.store.insertEvaluation(
              application: application, dataPath: path, at: self.now)
          }
        }
      })
  }

  /// The evaluation data of an application, by number.
  package func evaluations(application id: Int) throws(DashboardError) -> [EvaluationRecord] {
    _ = try application(id)
    return try data { try store.evaluations(ofApplication: id) }
  }

  /// Forgets evaluation data with its results; the files stay on the storage.
  package func deleteEvaluation(_ id: Int, application: Int) throws(DashboardError) {
    _ = try evaluation(id, application: application)
    _ = try data { try store.delete(from: .evaluations, id: id) }
  }

  /// Evaluates a model on a service that serves it.
  /// - Parameters:
  ///   - application: the application of both.
  ///   - model: the model; `conflict` where no service serves it.
  ///   - evaluation: the data; nil for what was uploaded last.
  ///   - overwrite: false answers with the result that is known, where one is.
  ///   - done: gets the result.
  package func evaluate(
    application: Int, model: Int, evaluation: Int? = nil, overwrite: Bool = false,
    _ done: @escaping Completion<EvaluationResultRecord>
  ) {
    let target: WorkerTarget
    let data: EvaluationRecord
    do throws(DashboardError) {
      let record = try self.model(model, application: application)
      data = try chosenEvaluation(evaluation, application: application)
      let known = try self.data { try store.result(model: model, evaluation: data.id) }
      if let known, !overwrite { return done(.success(known)) }
      target = try self.target(serving: record)
    } catch {
      return done(.failure(error))
    }
    let resultPath = "result-\(data.id)-\(model)"
    workers.evaluateModel(on: target, dataPath: data.dataPath, resultPath: resultPath) { result in
      self.answer(done) { () throws(DashboardError) in
        let metrics = try workerValue(result, "evaluate on \(target.serviceName)")
        return try self.data {
          try self.store.insertResult(
            model: model, evaluation: data.id, resultPath: resultPath, metrics: metrics,
            at: self.now)
        }
      }
    }
  }

  /// A result, with what it says of every item.
  package func evaluationResult(
    _ id: Int, application: Int,
    _ done: @escaping Completion<(result: EvaluationResultRecord, details: [EvaluationDetail])>
  ) {
    let record: EvaluationResultRecord
    let data: EvaluationRecord
    let target: WorkerTarget
    do throws(DashboardError) {
      record = try result(id, application: application)
      data = try evaluation(record.evaluationID, application: application)
      let model = try self.model(record.modelID, application: application)
      // Any service sees the file; the one that serves the model is asked first.
      let serving = try? self.target(serving: model)
      if let serving {
        target = serving
      } else {
        target = try targets(application: application)[0]
      }
    } catch {
      return done(.failure(error))
    }
    workers.evaluationResult(
      on: target, dataPath: data.dataPath, resultPath: record.resultPath
    ) { result in
      self.answer(done) { () throws(DashboardError) in
        (record, try workerValue(result, "read the result from \(target.serviceName)"))
      }
    }
  }

  /// Forgets a result; its file stays on the storage.
  package func deleteEvaluationResult(_ id: Int, application: Int) throws(DashboardError) {
    _ = try result(id, application: application)
    _ = try data { try store.delete(from: .results, id: id) }
  }

  private func result(
    _ id: Int, application: Int
  ) throws(DashboardError) -> EvaluationResultRecord {
    let result = try existing("evaluation result", id) { try store.result(id) }
    let data = try self.data { try store.evaluation(result.evaluationID) }
    if data?.applicationID != application { throw .notFound("evaluation result", id) }
    return result
  }

  private func evaluation(
    _ id: Int, application: Int
  ) throws(DashboardError) -> EvaluationRecord {
    let record = try existing("evaluation", id) { try store.evaluation(id) }
    if record.applicationID != application { throw .notFound("evaluation", id) }
    return record
  }

  private func chosenEvaluation(
    _ id: Int?, application: Int
  ) throws(DashboardError) -> EvaluationRecord {
    if let id { return try evaluation(id, application: application) }
    guard let latest = try evaluations(application: application).last else {
      throw DashboardError(
        code: .conflict, message: "application \(application) has no evaluation data")
    }
    return latest
  }

  private func target(serving model: ModelRecord) throws(DashboardError) -> WorkerTarget {
    let application = try application(model.applicationID)
    let services = try services(application: application.id)
    guard let service = services.first(where: { $0.modelID == model.id }) else {
      throw DashboardError(code: .conflict, message: "no service serves \(model.path)")
    }
    return target(service, application)
  }

  private func freshDataPath(application: Int) throws(DashboardError) -> String {
    let taken = try evaluations(application: application).map(\.dataPath)
    var moment = now
    while true {
      let path = "eval-\(moment.stamp).txt"
      if !taken.contains(path) { return path }
      moment = moment.later(seconds: 1)
    }
  }
}
