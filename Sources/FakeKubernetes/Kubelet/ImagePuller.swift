import KubernetesAPI
import SimulationKernel

/// Brings images to one node, one after the other (`pkg/kubelet/images/image_manager.go`).
final class ImagePuller {
  private struct Request {
    var image: String
    var requested: Int64
    var completion: (Outcome) -> Void
  }

  private enum Outcome {
    case pulled(bytes: Int64, waited: Int64, took: Int64)
    case failed(String)
  }

  private let simulation: Simulation
  private let registry: ImageRegistry
  private let timings: KubeletTimings
  private let hasAllImages: Bool
  private let random: RandomStream
  /// The images on the node.
  private(set) var images: Set<String>
  private var queue: [Request] = []
  private var isPulling = false
  /// Counts starts of the kubelet's process; pulls of an earlier one tell nobody.
  private var generation = 0
  private var backOff = RestartBackOff()
  private var lastErrors: [String: String] = [:]

  init(
    simulation: Simulation, registry: ImageRegistry, timings: KubeletTimings,
    configuration: KubeletConfiguration
  ) {
    self.simulation = simulation
    self.registry = registry
    self.timings = timings
    images = configuration.images
    random = simulation.randomStream("kubelet/\(configuration.name)/images")
    hasAllImages = configuration.hasAllImages
  }

  /// Whether an image is on the node, however it is spelt.
  private func isHere(_ image: String) -> Bool {
    if hasAllImages || images.contains(image) { return true }
    let full = ContainerStatusRules.fullName(image)
    return images.contains(full) || images.contains { ContainerStatusRules.fullName($0) == full }
  }

  /// Takes an image off the node.
  func remove(_ image: String) { images.remove(image) }

  /// The kubelet's process ends: pulls and back-offs are forgotten, images stay on the machine.
  func stop() {
    queue = []
    isPulling = false
    generation += 1
    backOff = RestartBackOff()
    lastErrors = [:]
  }

  /// Makes sure of an image; calls back with nil or the failure.
  func ensure(
    _ container: Container, podUID: String, event: @escaping (KubeletEvent) -> Void,
    completion: @escaping (StartFailure?) -> Void
  ) {
    let image = container.image
    if let problem = ImageName.error(image) {
      let message = "Failed to apply default image tag \"\(image)\": \(problem)"
      event(.warning("InspectFailed", message))
      return completion(StartFailure(reason: "InvalidImageName", message: message))
    }
    let isPresent = isHere(image)
    let policy = container.imagePullPolicy
    if policy == "Never" && !isPresent {
      let message = "Container image \"\(image)\" is not present with pull policy of Never"
      event(.warning("ErrImageNeverPull", message))
      return completion(StartFailure(reason: "ErrImageNeverPull", message: message))
    }
    if isPresent && policy != "Always" {
      event(.normal("Pulled", "Container image \"\(image)\" already present on machine"))
      return completion(nil)
    }
    let key = Self.backOffKey(podUID: podUID, image: image)
    if backOff.isBackingOffSinceUpdate(key, now: simulation.now.nanoseconds) {
      let message = "Back-off pulling image \"\(image)\""
      event(.normal("BackOff", message))
      let cause = lastErrors[key].map { ": ErrImagePull: \($0)" } ?? ""
      return completion(StartFailure(reason: "ImagePullBackOff", message: message + cause))
    }
    event(.normal("Pulling", "Pulling image \"\(image)\""))
    enqueue(image) { [self] outcome in
      switch outcome {
      case .pulled(let bytes, let waited, let took):
        lastErrors[key] = nil
        event(
          .normal(
            "Pulled",
            "Successfully pulled image \"\(image)\" in \(Self.text(took)) "
              + "(\(Self.text(waited)) including waiting). Image size: \(bytes) bytes."))
        completion(nil)
      case .failed(let message):
        let now = simulation.now.nanoseconds
        backOff.next(key, event: now, now: now)
        lastErrors[key] = message
        event(.warning("Failed", "Failed to pull image \"\(image)\": \(message)"))
        completion(StartFailure(reason: "ErrImagePull", message: message))
      }
    }
  }

  /// Whose failed pulls count together (`pkg/kubelet/images/image_manager.go`).
  package static func backOffKey(podUID: String, image: String) -> String { "\(podUID)_\(image)" }

  private func enqueue(_ image: String, completion: @escaping (Outcome) -> Void) {
    queue.append(
      Request(image: image, requested: simulation.now.nanoseconds, completion: completion))
    pullNext()
  }

  private func pullNext() {
    guard !isPulling, !queue.isEmpty else { return }
    isPulling = true
    let asked = generation
    let request = queue.removeFirst()
    let began = simulation.now.nanoseconds
    switch registry.pull(ImageName.tagged(request.image)) {
    case .pulled(let duration, let bytes):
      let isHere = isHere(request.image)
      let check = timings.checkImage + .nanoseconds(Int64(random.integer(below: 40_000_000)))
      let takes = isHere ? check : max(duration, check)
      simulation.schedule(after: takes) { [weak self] in
        guard let self, generation == asked else { return }
        images.insert(request.image)
        let now = simulation.now.nanoseconds
        finish(
          request, .pulled(bytes: bytes, waited: now - request.requested, took: now - began))
      }
    case .failed(let duration, let message):
      simulation.schedule(after: duration) { [weak self] in
        guard let self, generation == asked else { return }
        finish(request, .failed(message))
      }
    }
  }

  private func finish(_ request: Request, _ outcome: Outcome) {
    isPulling = false
    request.completion(outcome)
    pullNext()
  }

  /// A duration as Go prints it, rounded to milliseconds: `812ms`, `8.07s`, `1m2.5s`.
  static func text(_ nanoseconds: Int64) -> String {
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    var fraction = String(milliseconds % 1000 + 1000).dropFirst()
    while fraction.last == "0" { fraction = fraction.dropLast() }
    let seconds = milliseconds / 1000
    let tail = "\(seconds % 60)" + (fraction.isEmpty ? "" : "." + fraction) + "s"
    return seconds < 60 ? tail : "\(seconds / 60)m" + tail
  }
}

/// An event that the kubelet writes about a pod, a container or the node.
struct KubeletEvent {
  var type: String
  var reason: String
  var message: String

  static func normal(_ reason: String, _ message: String) -> KubeletEvent {
    KubeletEvent(type: "Normal", reason: reason, message: message)
  }

  static func warning(_ reason: String, _ message: String) -> KubeletEvent {
    KubeletEvent(type: "Warning", reason: reason, message: message)
  }
}
