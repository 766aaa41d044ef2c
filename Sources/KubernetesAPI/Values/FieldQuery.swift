import JSON

/// The field selector of a list or watch: `spec.nodeName=n1,status.phase!=Failed`.
package struct FieldQuery: Equatable, Sendable {
  /// One comparison of a field with a text.
  package struct Term: Equatable, Sendable {
    package var field: String
    package var value: String
    package var isEqual: Bool
  }

  /// All must hold.
  package var terms: [Term]

  /// Selects by equality of one field.
  package init(_ field: String, _ value: String) {
    terms = [Term(field: field, value: value, isEqual: true)]
  }

  /// Reads a selector; nil if the text is none.
  package init?(_ text: String) {
    guard case .success(let query) = Self.parsed(text) else { return nil }
    self = query
  }

  private init(terms: [Term]) { self.terms = terms }

  /// Reads a selector; a failure tells why the text is none.
  ///
  /// Source of the grammar: `apimachinery/pkg/fields/selector.go`. A backslash takes the meaning
  /// from a comma, an equals sign or a backslash.
  package static func parsed(_ text: String) -> Result<FieldQuery, SelectorFault> {
    var terms: [Term] = []
    for part in pieces(text) where !part.isEmpty {
      guard let term = term(part) else {
        return .failure(
          SelectorFault(message: "invalid selector: '\(text)'; can't understand '\(part)'"))
      }
      terms.append(term)
    }
    return .success(FieldQuery(terms: terms))
  }

  private static func pieces(_ text: String) -> [String] {
    var result = [""]
    var isEscaped = false
    for character in text {
      if character == ",", !isEscaped {
        result.append("")
      } else {
        result[result.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return result
  }

  private static func term(_ text: String) -> Term? {
    var isEscaped = false
    for position in text.indices {
      let rest = text[position...]
      if !isEscaped, let sign = ["!=", "==", "="].first(where: rest.hasPrefix) {
        return Term(
          field: String(text[..<position]),
          value: unescaped(String(rest.dropFirst(sign.count))), isEqual: sign != "!=")
      }
      isEscaped = text[position] == "\\" && !isEscaped
    }
    return nil
  }

  private static func unescaped(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }

  /// Whether an object fulfils every term; nil if it cannot be selected by one of the fields.
  package func matches<Object: KubernetesObject>(_ object: Object) -> Bool? {
    for term in terms {
      guard let value = object.selectableField(term.field) else { return nil }
      if (value == term.value) != term.isEqual { return false }
    }
    return true
  }
}

extension KubernetesObject {
  /// The text of a field that lists can be selected by, nil for other fields.
  package func selectableField(_ field: String) -> String? {
    switch field {
    case "metadata.name": return metadata.name
    case "metadata.namespace": return self is Node || self is Namespace ? nil : metadata.namespace
    default: break
    }
    if let pod = self as? Pod { return pod.selectablePodField(field) }
    if let event = self as? Event { return event.selectableEventField(field) }
    if let node = self as? Node, field == "spec.unschedulable" {
      return String(node.spec.unschedulable)
    }
    if let namespace = self as? Namespace, field == "status.phase" {
      return namespace.status.phase
    }
    if let secret = self as? Secret, field == "type" {
      return secret.content["type"]?.stringValue ?? ""
    }
    if let service = self as? Service {
      if field == "spec.clusterIP" { return service.spec.clusterIP }
      if field == "spec.type" { return service.spec.type }
    }
    if let replicaSet = self as? ReplicaSet, field == "status.replicas" {
      return String(replicaSet.status.replicas)
    }
    return nil
  }
}

extension Pod {
  fileprivate func selectablePodField(_ field: String) -> String? {
    switch field {
    case "spec.nodeName": spec.nodeName
    case "spec.hostNetwork": String(spec.hostNetwork)
    case "spec.restartPolicy": spec.restartPolicy
    case "spec.schedulerName": spec.schedulerName
    case "spec.serviceAccountName": spec.serviceAccountName
    case "status.phase": status.phase
    case "status.podIP": status.podIP
    case "status.nominatedNodeName": status.nominatedNodeName
    default: nil
    }
  }
}

extension Event {
  fileprivate func selectableEventField(_ field: String) -> String? {
    switch field {
    case "involvedObject.kind": self.involvedObject.kind
    case "involvedObject.namespace": self.involvedObject.namespace
    case "involvedObject.name": self.involvedObject.name
    case "involvedObject.uid": self.involvedObject.uid
    case "involvedObject.apiVersion": self.involvedObject.apiVersion
    case "involvedObject.resourceVersion": self.involvedObject.resourceVersion
    case "involvedObject.fieldPath": self.involvedObject.fieldPath
    case "reason": self.reason
    case "reportingComponent": self.reportingComponent
    case "source": self.source.component.isEmpty ? self.reportingComponent : self.source.component
    case "type": self.type
    default: nil
    }
  }
}
