extension Action {
  /// What it does, for marks of reports.
  var words: String {
    switch self {
    case .switchModel(let service, let model): "\(service) switched to \(model)"
    case .deploy(let service): "\(service) deployed"
    case .edit(let service, let edit): "\(service) edited: \(edit.words)"
    case .deleteService(let service): "\(service) deleted"
    case .rollBack(let service): "\(service) rolled back"
    case .setPaused(let service, true): "rollout of \(service) paused"
    case .setPaused(let service, false): "rollout of \(service) resumed"
    case .scale(let service, let replicas): "\(service) scaled to \(replicas)"
    case .upload(let application, let model, _): "\(model) of \(application) uploaded"
    case .evaluate(let application, let model, _): "\(model) of \(application) evaluated"
    case .sync: "dashboard compared with the cluster"
    case .assign(let service, let model): "\(model) assigned to \(service) by hand"
    case .quota(let level, let pods): "\(level) limited to \(pods) pods"
    case .setCordoned(let node, true): "\(node) cordoned"
    case .setCordoned(let node, false): "\(node) uncordoned"
    case .drain(let node): "\(node) drained"
    case .crash(let service, let pods): "\(pods) of \(service) crashed"
    case .deletePods(let service, let pods): "\(pods) of \(service) deleted"
    case .nodeDown(let node): "\(node) without power"
    case .nodeUp(let node): "\(node) booted"
    case .fault(let fault, _): fault.words
    }
  }

  /// Whether it breaks something, rather than being somebody's work.
  var isFault: Bool {
    switch self {
    case .fault, .nodeDown, .crash: true
    case .switchModel, .deploy, .edit, .deleteService, .rollBack, .setPaused, .scale, .upload,
      .evaluate, .sync, .assign, .quota, .setCordoned, .drain, .deletePods, .nodeUp:
      false
    }
  }

  /// The one service that it is about.
  var service: ServiceReference? {
    switch self {
    case .switchModel(let service, _), .deploy(let service), .edit(let service, _),
      .deleteService(let service), .rollBack(let service), .setPaused(let service, _),
      .scale(let service, _), .assign(let service, _), .crash(let service, _),
      .deletePods(let service, _), .fault(.unresponsive(let service, _), _),
      .fault(.slowContainer(let service, _, _), _):
      service
    case .upload, .evaluate, .sync, .quota, .setCordoned, .drain, .nodeDown, .nodeUp, .fault: nil
    }
  }
}
