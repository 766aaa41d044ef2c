/// An operation of the dashboard that was not done, with why.
package struct DashboardError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a caller could act on.
  package enum Code: String, Sendable, CaseIterable {
    /// Fields of the form are at fault; see `fields`.
    case form
    /// No such cluster, application, service, model or evaluation.
    case notFound
    /// What exists forbids it: a name in use, a model that a service serves.
    case conflict
    /// The cluster refused or could not be reached.
    case kubernetes
    /// The worker refused or could not be reached.
    case worker
    /// The dashboard's own database failed.
    case database
  }

  /// What happened.
  package var code: Code
  /// What happened, for people.
  package var message: String
  /// The fields at fault, in the order of the form.
  package var fields: [FormFieldError]

  package init(code: Code, message: String, fields: [FormFieldError] = []) {
    self.code = code
    self.message = message
    self.fields = fields
  }

  package var description: String { "dashboard: \(message) (\(code.rawValue))" }
}

extension DashboardError {
  static func notFound(_ what: String, _ id: Int) -> DashboardError {
    DashboardError(code: .notFound, message: "no \(what) with number \(id)")
  }

  static func form(_ fields: [FormFieldError]) -> DashboardError {
    let message = fields.map(\.description).joined(separator: "; ")
    return DashboardError(code: .form, message: message, fields: fields)
  }
}
