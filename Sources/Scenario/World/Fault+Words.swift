extension Fault {
  /// The fault in words.
  var words: String {
    switch self {
    case .unresponsive(let service, let pods): "\(pods) of \(service) accepting no connections"
    case .slowContainer(let service, let pods, let factor):
      "\(pods) of \(service) needing \(factor) times the CPU"
    case .storageNotMounted(let node): "storage not mounted on \(node)"
    case .storageSlow(let delay): "storage slow by \(Units.text(delay))"
    case .modelMissing(_, let model): "\(model) missing on the storage"
    case .modelDamaged(_, let model): "\(model) damaged on the storage"
    case .registryDown: "registry down"
    case .registrySlow(let factor): "registry \(factor) times as slow"
    case .imageMissing(let image): "image \(image) missing"
    case .gitDown: "git host down"
    case .gitRefuses(let repository): "git host refusing the key for \(repository)"
    case .storeUnavailable: "assignment store unavailable"
    case .storeLocked: "assignment store locked"
    case .storeSlow(let delay): "assignment store slow by \(Units.text(delay))"
    case .partition(let node): "network partition around \(node)"
    case .linkCut(let first, let second): "link cut between \(side(first)) and \(side(second))"
    case .linkSlow(let first, let second, let delay, _):
      "link between \(side(first)) and \(side(second)) slow by \(Units.text(delay))"
    case .linkLossy(let first, let second, let rate):
      "link between \(side(first)) and \(side(second)) losing \(Units.plain(rate * 100))%"
    case .namesFail: "DNS failing"
    case .namesSilent: "DNS silent"
    case .namesSlow(let delay): "DNS slow by \(Units.text(delay))"
    case .ingressDown: "ingress down"
    case .serverDown: "API server down"
    case .serverErrors(let rate): "API server failing \(Units.plain(rate * 100))% of requests"
    case .serverSlow(let delay): "API server slow by \(Units.text(delay))"
    case .watchesCut: "watches cut"
    case .schedulerPaused: "scheduler paused"
    case .metricsDown: "metrics down"
    case .clockSkew(let node, let skew):
      skew < .zero
        ? "clock of \(node) \(Units.text(.zero - skew)) behind"
        : "clock of \(node) \(Units.text(skew)) ahead"
    }
  }

  private func side(_ name: String) -> String { name == "*" ? "everybody" : name }
}
