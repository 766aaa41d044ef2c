import FakeKubernetes
import JSON

/// Steps of a story's timeline in words.
enum StepWords {
  static func text(_ step: Story.Step) -> String {
    let fields = step.fields
    let name = fields["name"]?.stringValue ?? ""
    let kind = fields["kind"]?.stringValue ?? ""
    switch step.action {
    case "create": return fields["object"].map { "create " + object($0) } ?? "create the pod"
    case "create-object": return "create " + object(fields["object"] ?? .null)
    case "patch":
      let target = kind.isEmpty ? "the pod" : "\(kind) \(name)"
      return "patch \(target): \(flat(fields["patch"] ?? .null))"
    case "patch-status": return "patch the pod's status: \(flat(fields["patch"] ?? .null))"
    case "resize": return "resize the pod: \(flat(fields["patch"] ?? .null))"
    case "delete":
      let target = kind.isEmpty ? "the pod" : "\(kind) \(name)"
      let policy = fields["propagationPolicy"]?.stringValue.map { ", \($0)" } ?? ""
      let options = fields["options"].map { " (\(flat($0)))" } ?? ""
      return "delete \(target)\(policy)\(options)"
    case "delete-pod": return "delete pod number \(plain(fields["ordinal"])) of the story"
    case "relabel-pod":
      return "relabel pod number \(plain(fields["ordinal"])) of the story: "
        + flat(fields["labels"] ?? .null)
    case "delete-replicaset": return "delete ReplicaSet number \(plain(fields["ordinal"]))"
    case "delete-namespace": return "delete the namespace"
    case "node":
      return "node \(name) " + (fields["alive"] == true ? "comes back" : "dies")
    case "add-node": return "add node \(flat(fields["node"] ?? .null))"
    case "delete-node": return "delete node \(name.isEmpty ? "node-1" : name)"
    case "metrics": return "metrics from now on: \(flat(fields["metrics"] ?? .null))"
    case "evict": return "evict the pod through the API"
    case "logs": return "read the log ?\(plain(fields["query"]))"
    case "image": return "image \(plain(fields["image"])): \(flat(fields["set"] ?? .null))"
    case "mkdir", "rmdir": return "\(step.action) \(plain(fields["path"]))"
    case "kubelet-stop": return "the kubelet stops"
    case "kubelet-start": return "the kubelet starts"
    default: return step.action
    }
  }

  private static func object(_ object: JSONValue) -> String {
    let kind = object["kind"]?.stringValue ?? ""
    let name = object["metadata"]?["name"]?.stringValue ?? ""
    return "\(kind) \(name): \(flat(object["spec"] ?? .null))"
  }

  /// A document as paths with values: `replicas 6, image app:1, maxSurge 30%`.
  ///
  /// What goes without saying is left out: labels that only bind things together, the name of the
  /// only container, and the levels above a template's fields.
  static func flat(_ value: JSONValue) -> String {
    flatParts(value, "").compactMap { part in
      let path = shortened(part.path)
      if path.isEmpty { return part.value.isEmpty ? nil : part.value }
      return isPlain(path) ? nil : "\(path) \(part.value)"
    }.joined(separator: ", ")
  }

  private static let levels = [
    "spec.", "template.", "metadata.", "containers[0].", "strategy.rollingUpdate.", "strategy.",
    "scaleTargetRef.", "resources.",
  ]

  private static func shortened(_ path: String) -> String {
    var path = path[...]
    while let level = levels.first(where: { path.hasPrefix($0) }) {
      path = path.dropFirst(level.count)
    }
    return String(path)
  }

  private static func isPlain(_ path: String) -> Bool {
    path.hasPrefix("selector.") || path.hasPrefix("labels.app") || path.hasPrefix("ports[")
      || path == "name" || path == "apiVersion"
  }

  /// The leaves of a document with their paths, in its order.
  static func flatParts(_ value: JSONValue, _ path: String) -> [(path: String, value: String)] {
    switch value {
    case .object(let object) where !object.isEmpty:
      return object.flatMap { key, member in
        flatParts(member, path.isEmpty ? key : "\(path).\(key)")
      }
    case .array(let elements) where !elements.isEmpty:
      return elements.enumerated().flatMap { index, element in
        flatParts(element, "\(path)[\(index)]")
      }
    default: return [(path, RowWords.plain(value))]
    }
  }

  private static func plain(_ value: JSONValue?) -> String { RowWords.plain(value ?? .null) }
}
