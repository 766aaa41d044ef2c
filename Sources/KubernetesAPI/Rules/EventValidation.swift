/// Rules for Events of the core group, source `pkg/apis/core/validation/events.go`.
extension Event {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 1) }
  package static var isMadeByUpdate: Bool { true }

  private static let textBytesMax = 128
  private static let messageBytesMax = 1024

  package func validate(_ causes: inout CauseList) {
    let (namespace, involved) = (metadata.namespace, self.involvedObject.namespace)
    let isShared =
      involved.isEmpty
      && (namespace == "default" || self.eventTime != nil && namespace == "kube-system")
    if involved.isEmpty ? !isShared : self.eventTime == nil && involved != namespace {
      causes.invalid(
        "involvedObject.namespace", involved.goQuoted, "does not match event.namespace")
    }
    if self.eventTime != nil { validateReport(&causes) }
    causes.invalid("namespace", text: namespace, RuleTexts.subdomainFaults(namespace))
  }

  /// An event that tells its time in microseconds says who reports what.
  private func validateReport(_ causes: inout CauseList) {
    if self.reportingComponent.isEmpty { causes.required("reportingComponent") }
    causes.invalid(
      "reportingComponent", text: self.reportingComponent,
      RuleTexts.qualifiedNameFaults(self.reportingComponent))
    for (field, text) in [
      ("reportingInstance", self.reportingInstance), ("action", self.action),
      ("reason", self.reason),
    ] {
      if text.isEmpty { causes.required(field) }
      if text.utf8.count > Self.textBytesMax {
        causes.invalid(field, "\"\"", "can have at most \(Self.textBytesMax) characters")
      }
    }
    if self.message.utf8.count > Self.messageBytesMax {
      causes.invalid("message", "\"\"", "can have at most \(Self.messageBytesMax) characters")
    }
  }
}

/// Rules for Leases, source `pkg/apis/coordination/validation/validation.go`.
extension Lease {
  package static var isMadeByUpdate: Bool { true }
  package static var isReplacedBlindly: Bool { false }

  package func validate(_ causes: inout CauseList) {
    if let duration = spec.leaseDurationSeconds, duration <= 0 {
      causes.invalid("spec.leaseDurationSeconds", "\(duration)", "must be greater than 0")
    }
    if let transitions = spec.leaseTransitions, transitions < 0 {
      causes.invalid(
        "spec.leaseTransitions", "\(transitions)", "must be greater than or equal to 0")
    }
  }
}
