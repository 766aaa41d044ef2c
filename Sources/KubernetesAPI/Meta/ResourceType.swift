/// A kind of object and the path under which the API serves it.
///
/// A class, because every change carries one: passing it on is one reference.
package final class ResourceType: Hashable, Sendable, CustomStringConvertible {
  /// The API group, empty for the core group.
  package let group: String
  package let version: String
  package let kind: String
  /// The name in paths, such as `deployments`.
  package let plural: String
  package let shortNames: [String]
  package let isNamespaced: Bool
  /// `plural/`, before the key of an object.
  package let tracePrefix: String
  /// Which of `status` and `scale` are served.
  package let subresources: [String]

  package init(
    group: String = "", version: String = "v1", kind: String, plural: String,
    shortNames: [String] = [], isNamespaced: Bool = true, subresources: [String] = []
  ) {
    self.group = group
    self.version = version
    self.kind = kind
    self.plural = plural
    self.shortNames = shortNames
    self.isNamespaced = isNamespaced
    self.subresources = subresources
    tracePrefix = plural + "/"
  }

  /// `v1` or `apps/v1`.
  package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// `pods` or `deployments.apps`, as error texts name it.
  package var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

  package var description: String { qualifiedName }

  package static func == (left: ResourceType, right: ResourceType) -> Bool {
    left === right || (left.plural == right.plural && left.group == right.group)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(plural)
    hasher.combine(group)
  }
}
