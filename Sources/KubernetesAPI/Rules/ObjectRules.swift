/// What the API server does with objects of a kind before it stores them.
package protocol ObjectRules {
  /// Fills in what upstream fills in where the author said nothing.
  mutating func applyDefaults()
  /// Sets what only the server sets when an object is made, and drops what it ignores.
  mutating func prepareForCreate()
  /// Adds a cause for every field that is at fault.
  func validate(_ causes: inout CauseList)
  /// Adds a cause for every change that is not allowed.
  func validateUpdate(from old: Self, _ causes: inout CauseList)
}

extension ObjectRules {
  package mutating func applyDefaults() {}
  package mutating func prepareForCreate() {}
  package func validate(_ causes: inout CauseList) {}
  package func validateUpdate(from old: Self, _ causes: inout CauseList) {}
}

/// Collects causes, worded as `apimachinery/pkg/util/validation/field` words them.
package struct CauseList {
  package private(set) var causes: [StatusError.Cause] = []

  package init() {}

  package mutating func required(_ field: String, _ detail: String = "") {
    add("FieldValueRequired", field, "Required value" + (detail.isEmpty ? "" : ": \(detail)"))
  }

  package mutating func invalid(_ field: String, _ value: String, _ detail: String) {
    add("FieldValueInvalid", field, "Invalid value: \(value): \(detail)")
  }

  package mutating func forbidden(_ field: String, _ detail: String) {
    add("FieldValueForbidden", field, "Forbidden: \(detail)")
  }

  package mutating func duplicate(_ field: String, _ value: String) {
    add("FieldValueDuplicate", field, "Duplicate value: \(value)")
  }

  package mutating func notFound(_ field: String, _ value: String) {
    add("FieldValueNotFound", field, "Not found: \(value)")
  }

  package mutating func notSupported(_ field: String, _ value: String, _ supported: [String]) {
    let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
    add(
      "FieldValueNotSupported", field,
      "Unsupported value: \"\(value)\": supported values: \(list)")
  }

  private mutating func add(_ reason: String, _ field: String, _ message: String) {
    causes.append(StatusError.Cause(reason: reason, message: message, field: field))
  }
}
