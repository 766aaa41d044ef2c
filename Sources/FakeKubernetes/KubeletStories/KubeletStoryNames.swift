import JSON
import KubernetesAPI

/// The recordings' placeholders: put in for what they stand for, and back.
struct KubeletStoryNames {
  static let registryHost = "registry.local:5000"
  static let registry = registryHost + "/stories"
  static let hostFolder = "/host"
  static let namespace = "kubelet-story"
  static let nodeAddress = "10.0.0.2"

  /// The uid of the pod, once there is one.
  var uid = ""
  /// The address of the pod, once it has one.
  var podIP = ""

  /// A document with what the placeholders stand for.
  static func filled(_ value: JSONValue) -> JSONValue {
    map(value) { text in
      text.replacing("${host}", with: hostFolder)
        .replacing("${registry}", with: registry)
        .replacing("${namespace}", with: namespace)
    }
  }

  private static func map(_ value: JSONValue, _ change: (String) -> String) -> JSONValue {
    switch value {
    case .string(let text): .string(change(text))
    case .array(let elements): .array(elements.map { map($0, change) })
    case .object(let members):
      .object(JSONObject(members.map { ($0, map($1, change)) }))
    case .null, .bool, .integer, .number: value
    }
  }

  /// A document with placeholders again.
  func emptied(_ value: JSONValue) -> JSONValue { Self.map(value) { emptied($0) } }

  /// A text with placeholders again.
  func emptied(_ text: String) -> String {
    var result = text
    if !uid.isEmpty { result = result.replacing(uid, with: "${uid}") }
    result = result.replacing(Self.namespace, with: "${namespace}")
    if result.contains(Self.nodeAddress) {
      result = result.replacing(Self.nodeAddress, with: "${hostIP}")
    }
    if !podIP.isEmpty { result = result.replacing(podIP, with: "${podIP}") }
    result = result.replacing(Self.registry, with: "${registry}")
      .replacing(Self.registryHost, with: "${registryHost}")
    for folder in ["\(Self.hostFolder)/", "\(Self.hostFolder):"] {
      result = result.replacing(folder, with: "${host}" + folder.dropFirst(Self.hostFolder.count))
    }
    if result.hasPrefix("Successfully pulled"), let range = result.firstRange(of: " in ") {
      result =
        result[..<range.lowerBound]
        + " in ${duration} (${duration} including waiting). Image size: ${bytes} bytes."
    }
    return result
  }

  /// Whether a seen text is what a wanted one with placeholders stands for.
  static func matches(_ wanted: String, _ seen: String) -> Bool {
    if wanted == seen { return true }
    guard let begin = wanted.firstRange(of: "${") else { return false }
    let prefix = wanted[..<begin.lowerBound]
    guard seen.hasPrefix(prefix),
      let end = wanted[begin.upperBound...].firstIndex(of: "}")
    else { return false }
    let rest = String(wanted[wanted.index(after: end)...])
    if rest.isEmpty { return seen.count > prefix.count }
    let after = seen.dropFirst(prefix.count)
    return after.indices.contains { matches(rest, String(after[$0...])) }
  }
}
