package import JSON

/// How the pods of an image behave when a script stands in for the kubelet.
///
/// Times are in nanoseconds. The keys are those of the recordings' `pods`.
package struct PodScript: Equatable, Sendable {
  /// A change of readiness, counted from running.
  package struct Flap: Equatable, Sendable {
    package var after: Duration
    package var isReady: Bool
  }

  /// From bound to running.
  package var start: Duration = .milliseconds(400)
  /// From running to Ready; nil: never.
  package var ready: Duration? = .milliseconds(600)
  /// Added for each later pod, starting over after ten.
  package var readyStep: Duration = .zero
  /// From running to the container's end; nil: it stays.
  package var crashAfter: Duration?
  /// How often it ends; nil: always.
  package var crashes: Int?
  package var exitCode = 1
  /// Whether the image can never be pulled.
  package var pullError = false
  package var flaps: [Flap] = []
  /// From the deletion mark to gone.
  package var stop: Duration = .milliseconds(500)

  package init() {}

  /// Reads a script; throws `ScriptError` for an unknown key or a wrong type.
  package init(json: JSONValue) throws {
    guard case .object(let object) = json else { throw ScriptError("a pod script is no object") }
    for (key, value) in object {
      switch key {
      case "start": start = try Self.seconds(key, value)
      case "ready": ready = value == .null ? nil : try Self.seconds(key, value)
      case "readyStep": readyStep = try Self.seconds(key, value)
      case "crashAfter": crashAfter = value == .null ? nil : try Self.seconds(key, value)
      case "crashes": crashes = value.intValue
      case "exitCode": exitCode = value.intValue ?? 1
      case "pullError": pullError = value.boolValue ?? false
      case "flaps":
        flaps = try (value.arrayValue ?? []).map { flap in
          Flap(
            after: try Self.seconds(key, flap[0] ?? .null), isReady: flap[1]?.boolValue ?? false)
        }
      case "stop": stop = try Self.seconds(key, value)
      default: throw ScriptError("unknown key \"\(key)\" of a pod script")
      }
    }
  }

  private static func seconds(_ key: String, _ value: JSONValue) throws -> Duration {
    guard let seconds = value.doubleValue else {
      throw ScriptError("\"\(key)\" of a pod script takes seconds, found \(value)")
    }
    return .nanoseconds(Int64(seconds * 1_000_000 + 0.5) * 1000)
  }
}

/// A script or story that cannot be read.
package struct ScriptError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
