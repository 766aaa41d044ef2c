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
    terms = []
    for part in text.split(separator: ",") {
      let separators = ["!=", "==", "="]
      guard
        let (separator, range) = separators.lazy.compactMap({ separator in
          part.firstRange(of: separator).map { (separator, $0) }
        }).first
      else { return nil }
      terms.append(
        Term(
          field: String(part[..<range.lowerBound]), value: String(part[range.upperBound...]),
          isEqual: separator != "!="))
    }
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
    case "metadata.namespace": return metadata.namespace
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
