import AssignmentStore
import ModelStorage
import Transport

extension ModelServer {
  /// Reads the service's row, creating it where there is none, and loads its model.
  func bootModel(
    _ work: RunningWork, completion: @escaping (Result<LoadedPredictor, any Error>) -> Void
  ) {
    do {
      try AssignmentDatabase.check(mode: configuration.databaseMode)
    } catch {
      completion(.failure(error))
      return
    }
    let row = surroundings.assignments.createIfMissing(
      service: configuration.serviceName, modelPath: configuration.modelFile)
    after(row.delay, work) { [self] in
      switch row.result {
      case .success(let assignment): load(assignment.modelPath, work, completion: completion)
      case .failure(let error): completion(.failure(error))
      }
    }
  }

  /// Reads a model file from the mount and makes a predictor of it.
  func load(
    _ file: String, _ work: RunningWork,
    completion: @escaping (Result<LoadedPredictor, any Error>) -> Void
  ) {
    let path: ModelPath
    do {
      path = try ModelPath(application: configuration.applicationName, file: file)
    } catch {
      completion(.failure(error))
      return
    }
    let read = surroundings.models.read(path)
    after(read.delay, work) { [self] in
      switch read.result {
      case .failure(let error): completion(.failure(error))
      case .success(let model):
        spend(.load(bytes: model.bytes.count), work) { [self] in
          make(model, work, completion: completion)
        }
      }
    }
  }

  private func make(
    _ model: ModelFile, _ work: RunningWork,
    completion: @escaping (Result<LoadedPredictor, any Error>) -> Void
  ) {
    let named = { (result: Result<LoadedPredictor, any Error>) in
      result.mapError { PredictorError("\(model.path) cannot be loaded: \($0)") as any Error }
    }
    switch factory.load {
    case .synchronous(let load): completion(named(Result { try load(model) }))
    case .asynchronous(let load):
      work.cancelStep = bridge.run {
        try await load(model)
      } completion: { result in
        if !work.isCancelled { completion(named(result)) }
      }
    }
  }

  /// Goes on after a wait of the modelled world, at once when there is none.
  func after(_ delay: Duration, _ work: RunningWork, _ action: @escaping () -> Void) {
    if work.isCancelled { return }
    let nanoseconds = delay.nanoseconds
    guard nanoseconds > 0 else {
      action()
      return
    }
    let timer = surroundings.loop.schedule(afterNanoseconds: nanoseconds) {
      if !work.isCancelled { action() }
    }
    work.cancelStep = { timer.cancel() }
  }

  /// Goes on after the CPU time of some work was spent.
  func spend(_ kind: ComputeKind, _ work: RunningWork, _ action: @escaping () -> Void) {
    if work.isCancelled { return }
    guard let gate = surroundings.computeGate else {
      action()
      return
    }
    let timer = gate.run(kind) {
      if !work.isCancelled { action() }
    }
    work.cancelStep = { timer.cancel() }
  }
}

extension Duration {
  /// The whole nanoseconds of the duration.
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
