/// Which service of an application serves which model.
package struct ServicesByModels: Sendable, Equatable {
  /// The columns: services, by level in the order of `ServiceLevel`, then by number.
  package var services: [ServiceRecord]
  /// The rows: models, the latest version first.
  package var models: [ModelRecord]

  /// Whether the cell of a model and a service is marked.
  package func isServed(_ model: ModelRecord, by service: ServiceRecord) -> Bool {
    service.modelID == model.id
  }
}

extension Dashboard {
  /// Uploads a model through a service of the application.
  /// - Parameters:
  ///   - application: the application.
  ///   - bytes: the file.
  ///   - description: a memo.
  ///   - fileName: the file's name on the storage; nil for `ml-<yyyyMMddHHmmss>.model`.
  ///   - done: gets the model; `conflict` where the name is in use.
  package func uploadModel(
    application: Int, bytes: [UInt8], description: String, fileName: String? = nil,
    _ done: @escaping Completion<ModelRecord>
  ) {
    let targets: [WorkerTarget]
    let path: String
    do throws(DashboardError) {
      targets = try self.targets(application: application)
      path = try freshModelPath(fileName, application: application)
    } catch {
      return done(.failure(error))
    }
    upload(
      to: targets[...],
      { target, answer in
        self.workers.uploadModel(to: target, path: path, bytes: bytes, answer)
      },
      { result in
        self.answer(done) { () throws(DashboardError) in
          try result.get()
          _ = try self.application(application)
          return try self.data {
            try self.store.insertModel(
              application: application, path: path, description: description, at: self.now)
          }
        }
      })
  }

  /// The models of an application, by version.
  package func models(application id: Int) throws(DashboardError) -> [ModelRecord] {
    _ = try application(id)
    return try data { try store.models(ofApplication: id) }
  }

  /// A model of an application.
  package func model(_ id: Int, application: Int) throws(DashboardError) -> ModelRecord {
    let model = try existing("model", id) { try store.model(id) }
    if model.applicationID != application { throw .notFound("model", id) }
    return model
  }

  /// Changes a model's memo.
  package func describeModel(
    _ id: Int, application: Int, _ description: String
  ) throws(DashboardError) -> ModelRecord {
    _ = try model(id, application: application)
    _ = try data { try store.describe(model: id, as: description) }
    return try model(id, application: application)
  }

  /// Forgets a model that no service serves; its file stays on the storage.
  package func deleteModel(_ id: Int, application: Int) throws(DashboardError) {
    _ = try model(id, application: application)
    let serving = try services(application: application).filter { $0.modelID == id }
    if !serving.isEmpty {
      let names = serving.map(\.name).joined(separator: ", ")
      throw DashboardError(code: .conflict, message: "model \(id) is served by \(names)")
    }
    _ = try data { try store.delete(from: .models, id: id) }
  }

  /// The table of an application's services by its models.
  package func servicesByModels(application id: Int) throws(DashboardError) -> ServicesByModels {
    let levels = ServiceLevel.allCases.map(\.rawValue)
    func rank(_ service: ServiceRecord) -> (Int, Int) {
      (levels.firstIndex(of: service.serviceLevel) ?? levels.count, service.id)
    }
    return ServicesByModels(
      services: try services(application: id).sorted { rank($0) < rank($1) },
      models: try models(application: id).reversed())
  }

  private func freshModelPath(
    _ fileName: String?, application: Int
  ) throws(DashboardError) -> String {
    if let fileName {
      if !isBareFileName(fileName) {
        let expected = "a bare file name without / and .."
        throw .form([FormFieldError(field: "file", expected: expected, found: fileName)])
      }
      let isTaken = try data { try store.model(path: fileName, application: application) != nil }
      if isTaken {
        throw DashboardError(code: .conflict, message: "a model is stored as \(fileName) already")
      }
      return fileName
    }
    var moment = now
    while true {
      let path = "ml-\(moment.stamp).model"
      if try data({ try store.model(path: path, application: application) }) == nil { return path }
      moment = moment.later(seconds: 1)
    }
  }
}

/// Whether a worker accepts the name for an upload.
private func isBareFileName(_ name: String) -> Bool {
  if name.isEmpty || name == "." || name.utf8.count > 255 { return false }
  let bytes = Array(name.utf8)
  let hasTwoDots = zip(bytes, bytes.dropFirst()).contains {
    $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".")
  }
  return !hasTwoDots && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
}
