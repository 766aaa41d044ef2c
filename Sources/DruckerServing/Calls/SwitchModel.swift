import AssignmentStore
import DruckerProtocol
import ModelStorage

extension ModelServer {
  /// Assigns another model; infrastructure `default` loads it first and then swaps it in.
  ///
  /// A model that cannot be loaded changes nothing: neither the assignment nor what is served.
  func switchModel(
    _ request: Drucker.SwitchModelRequest, _ call: UnaryCall<Drucker.SwitchModelRequest>
  ) {
    let file = request.path
    do {
      _ = try ModelPath(application: configuration.applicationName, file: file)
    } catch {
      refuse(call, error.message)
      return
    }
    switch configuration.infrastructure {
    case .kubernetes: assign(file, nil, call)
    case .default:
      load(file, call.work) { [self] result in
        switch result {
        case .success(let loaded): assign(file, loaded, call)
        case .failure(let error): refuse(call, "\(error)")
        }
      }
    }
  }

  private func assign(
    _ file: String, _ loaded: LoadedPredictor?, _ call: UnaryCall<Drucker.SwitchModelRequest>
  ) {
    // Together with the model, so that two switches at once cannot leave them apart.
    let written = assign(file, loaded)
    switch written.result {
    case .success:
      after(written.delay, call.work) { [self] in
        log.system(.info, "switched to \(file)")
        call.answer(StatusReport.success("Success: \(file) is assigned.").modelResponse)
      }
    case .failure(let error):
      after(written.delay, call.work) { [self] in refuse(call, error.message) }
    }
  }

  private func refuse(_ call: UnaryCall<Drucker.SwitchModelRequest>, _ message: String) {
    log.system(.error, "switch: \(message)")
    call.answer(StatusReport.failure(message).modelResponse)
  }
}
