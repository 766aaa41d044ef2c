/// The images that nodes can pull, with pull times and faults.
///
/// Plain data: a scenario's timeline changes it, kubelets read it when they pull.
package final class ImageRegistry {
  /// What a registry knows of one image.
  package struct Image: Equatable, Sendable {
    /// How long a pull takes.
    package var pullDuration: Duration
    /// Whether the registry has it (else 404).
    package var isPresent: Bool
    /// Size in bytes, for the event's text.
    package var sizeBytes: Int64
    /// HTTP status of each answer while refusing (401, 403, 500); nil: serves.
    package var failureStatus: Int?

    package init(
      pullDuration: Duration = .zero, isPresent: Bool = true, sizeBytes: Int64 = 52_428_800,
      failureStatus: Int? = nil
    ) {
      self.pullDuration = pullDuration
      self.isPresent = isPresent
      self.sizeBytes = sizeBytes
      self.failureStatus = failureStatus
    }
  }

  /// How a pull will go.
  package enum PullOutcome: Equatable, Sendable {
    /// The image arrives.
    case pulled(after: Duration, sizeBytes: Int64)
    /// The runtime reports an error, worded as containerd words it.
    case failed(after: Duration, message: String)
  }

  private var images: [String: Image] = [:]
  /// Whether an image that is not listed can be pulled all the same.
  package var hasUnlistedImages: Bool
  /// What an unlisted image is like.
  package var unlistedImage: Image
  /// Whether nothing listens at the registry's address.
  package var isDown = false
  /// Hosts at whose address nothing listens.
  package var downHosts: Set<String> = []
  /// Multiplies every pull's duration, in percent (100: as given).
  package var slownessPercent = 100
  /// Time after which a failing pull reports.
  package var failureDuration: Duration = .milliseconds(10)

  /// A registry with the given images; unlisted ones exist too unless told otherwise.
  package init(
    images: [String: Image] = [:], hasUnlistedImages: Bool = true, unlistedImage: Image = Image()
  ) {
    self.images = images
    self.hasUnlistedImages = hasUnlistedImages
    self.unlistedImage = unlistedImage
  }

  /// The image by its full name, as pods spell it.
  package subscript(name: String) -> Image? {
    get { images[name] ?? (hasUnlistedImages ? unlistedImage : nil) }
    set { images[name] = newValue }
  }

  /// Marks an image as absent, so that pulls fail with 404.
  package func remove(_ name: String) {
    images[name] = Image(isPresent: false)
  }

  /// How a pull that begins now will go.
  package func pull(_ name: String) -> PullOutcome {
    let resolving =
      "failed to pull and unpack image \"\(name)\": "
      + "failed to resolve reference \"\(name)\": "
    let (host, path, tag) = Self.split(name)
    if isDown || downHosts.contains(host) {
      return .failed(
        after: failureDuration,
        message: resolving
          + "failed to do request: Head \"http://\(host)/v2/\(path)/manifests/\(tag)\": "
          + "dial tcp \(host): connect: connection refused")
    }
    guard let image = self[name], image.isPresent else {
      return .failed(
        after: failureDuration,
        message: "rpc error: code = NotFound desc = " + resolving + "\(name): not found")
    }
    if image.failureStatus == 404 {
      return .failed(
        after: failureDuration,
        message: "rpc error: code = NotFound desc = " + resolving + "\(name): not found")
    }
    if let status = image.failureStatus {
      return .failed(
        after: failureDuration,
        message: resolving
          + "pulling from host \(host) failed with status code [manifests \(tag)]: "
          + Self.text(of: status))
    }
    let nanoseconds = image.pullDuration.components
    let total = nanoseconds.seconds * 1_000_000_000 + nanoseconds.attoseconds / 1_000_000_000
    return .pulled(
      after: .nanoseconds(total * Int64(slownessPercent) / 100), sizeBytes: image.sizeBytes)
  }

  private static func text(of status: Int) -> String {
    switch status {
    case 400: "400 Bad Request"
    case 401: "401 Unauthorized"
    case 403: "403 Forbidden"
    case 405: "405 Method Not Allowed"
    case 408: "408 Request Timeout"
    case 410: "410 Gone"
    case 429: "429 Too Many Requests"
    case 451: "451 Unavailable For Legal Reasons"
    case 500: "500 Internal Server Error"
    case 501: "501 Not Implemented"
    case 502: "502 Bad Gateway"
    case 503: "503 Service Unavailable"
    case 504: "504 Gateway Timeout"
    default: "\(status)"
    }
  }

  /// Host, path and tag of an image's name; Docker Hub where no host is named.
  private static func split(_ name: String) -> (host: String, path: String, tag: String) {
    var rest = Substring(name)
    var host = "registry-1.docker.io"
    if let slash = rest.firstIndex(of: "/"),
      rest[..<slash].contains(where: { $0 == "." || $0 == ":" })
    {
      host = String(rest[..<slash])
      rest = rest[rest.index(after: slash)...]
    }
    guard let colon = rest.lastIndex(of: ":") else { return (host, String(rest), "latest") }
    return (host, String(rest[..<colon]), String(rest[rest.index(after: colon)...]))
  }
}
