/// One field of the form: its name in the REST interface and where its value is.
enum ServiceFormField {
  case text(String, any WritableKeyPath<ServiceForm, String> & Sendable)
  case integer(String, any WritableKeyPath<ServiceForm, Int> & Sendable)

  /// Every field in the order of the form.
  static let all: [ServiceFormField] = [
    .text("app_name", \.applicationName),
    .text("service_level", \.serviceLevel),
    .integer("service_port", \.servicePort),
    .integer("replicas_default", \.replicasDefault),
    .integer("replicas_minimum", \.replicasMinimum),
    .integer("replicas_maximum", \.replicasMaximum),
    .integer("autoscale_cpu_threshold", \.autoscaleCPUThreshold),
    .integer("policy_max_surge", \.policyMaxSurge),
    .integer("policy_max_unavailable", \.policyMaxUnavailable),
    .integer("policy_wait_seconds", \.policyWaitSeconds),
    .text("container_image", \.containerImage),
    .text("resource_request_cpu", \.resourceRequestCPU),
    .text("resource_request_memory", \.resourceRequestMemory),
    .text("resource_limit_cpu", \.resourceLimitCPU),
    .text("resource_limit_memory", \.resourceLimitMemory),
    .text("commit_message", \.commitMessage),
    .text("service_git_url", \.serviceGitURL),
    .text("service_git_branch", \.serviceGitBranch),
    .text("service_boot_script", \.serviceBootScript),
  ]

  var name: String {
    switch self {
    case .text(let name, _), .integer(let name, _): return name
    }
  }
}

extension ServiceForm {
  /// The names of all fields, in the order of the form.
  package static var fieldNames: [String] { ServiceFormField.all.map(\.name) }

  /// Reads form fields over the values of a form, the defaults if none is given.
  /// - Throws: `DashboardError` of code `form` naming every field that is unknown, given twice
  ///   or no integer where one is expected. Ranges are the business of `validate()`.
  package init(
    fields: [(name: String, value: String)], over base: ServiceForm = ServiceForm()
  ) throws(DashboardError) {
    self = base
    var errors: [FormFieldError] = []
    var seen: Set<String> = []
    for (name, value) in fields {
      guard let field = ServiceFormField.all.first(where: { $0.name == name }) else {
        errors.append(FormFieldError(field: name, expected: "no such field", found: value))
        continue
      }
      if !seen.insert(name).inserted {
        errors.append(FormFieldError(field: name, expected: "one value", found: value))
        continue
      }
      switch field {
      case .text(_, let path): self[keyPath: path] = value
      case .integer(_, let path):
        if let integer = Int(value) {
          self[keyPath: path] = integer
        } else {
          errors.append(FormFieldError(field: name, expected: "an integer", found: value))
        }
      }
    }
    if !errors.isEmpty { throw .form(errors) }
  }

  /// The form as names and values, in the order of the form.
  package var fields: [(name: String, value: String)] {
    ServiceFormField.all.map { field in
      switch field {
      case .text(let name, let path): return (name, self[keyPath: path])
      case .integer(let name, let path): return (name, String(self[keyPath: path]))
      }
    }
  }
}
