/// What the API server does with objects of a kind before it stores them.
package protocol ObjectRules {
  /// Fills in what upstream fills in where the author said nothing.
  mutating func applyDefaults()
  /// The same for an object that takes the place of another one, which has its defaults.
  mutating func applyDefaults(over old: Self)
  /// Sets what only the server sets when an object is made, and drops what it ignores.
  mutating func prepareForCreate()
  /// Drops what the server ignores when an object is replaced.
  mutating func prepareForUpdate(from old: Self)
  /// Fills in and drops what the server does when a client replaces the status.
  mutating func prepareStatus(from old: Self)
  /// Adds a cause for every field that is at fault.
  func validate(_ causes: inout CauseList)
  /// Adds a cause for every change that is not allowed, and for every field that is at fault.
  func validateUpdate(from old: Self, _ causes: inout CauseList)
  /// Adds a cause for every change of the status that is not allowed, and for every fault in it.
  func validateStatus(from old: Self, _ causes: inout CauseList)
  /// How often upstream looks at metadata when an object of the kind is replaced.
  static var metadataChecks: MetadataChecks { get }
  /// Whether a replacement of what is absent makes it (`AllowCreateOnUpdate`).
  static var isMadeByUpdate: Bool { get }
  /// Whether a replacement need not say which version it replaces (`AllowUnconditionalUpdate`).
  static var isReplacedBlindly: Bool { get }
}

/// How often upstream looks at the metadata of an object that is replaced; each fault is told as
/// often.
///
/// The server looks once itself (`apiserver/pkg/registry/rest/update.go` BeforeUpdate), and the
/// strategies of most kinds once or twice more.
package struct MetadataChecks: Sendable {
  /// Looks for changes that are not allowed.
  package var changes: Int
  /// Looks at the whole as if it were new.
  package var wholes: Int

  package init(changes: Int = 2, wholes: Int = 0) {
    self.changes = changes
    self.wholes = wholes
  }
}

extension ObjectRules {
  package mutating func applyDefaults() {}
  package mutating func applyDefaults(over old: Self) { applyDefaults() }
  package mutating func prepareForCreate() {}
  package mutating func prepareForUpdate(from old: Self) {}
  package mutating func prepareStatus(from old: Self) {}
  package func validate(_ causes: inout CauseList) {}
  package func validateUpdate(from old: Self, _ causes: inout CauseList) { validate(&causes) }
  package func validateStatus(from old: Self, _ causes: inout CauseList) {}
  package static var metadataChecks: MetadataChecks { MetadataChecks() }
  package static var isMadeByUpdate: Bool { false }
  package static var isReplacedBlindly: Bool { true }
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

  package mutating func duplicate(_ field: String, _ value: String, _ detail: String = "") {
    add(
      "FieldValueDuplicate", field,
      "Duplicate value: \(value)" + (detail.isEmpty ? "" : ": \(detail)"))
  }

  /// Adds a cause for a text of more than so many bytes.
  package mutating func tooLong(_ field: String, _ bytesMax: Int) {
    add("FieldValueTooLong", field, "Too long: may not be more than \(bytesMax) bytes")
  }

  /// Adds a cause for a list of more than so many elements.
  package mutating func tooMany(_ field: String, _ count: Int, _ most: Int) {
    add("FieldValueTooMany", field, "Too many: \(count): must have at most \(most) items")
  }

  package mutating func notFound(_ field: String, _ value: String) {
    add("FieldValueNotFound", field, "Not found: \(value)")
  }

  package mutating func notSupported(_ field: String, _ value: String, _ supported: [String]) {
    notSupported(field, shown: value.goQuoted, supported)
  }

  /// Adds a cause for a value that is none of those supported, as it is shown.
  package mutating func notSupported(_ field: String, shown: String, _ supported: [String]) {
    let list = supported.map(\.goQuoted).joined(separator: ", ")
    add(
      "FieldValueNotSupported", field, "Unsupported value: \(shown): supported values: \(list)")
  }

  private mutating func add(_ reason: String, _ field: String, _ message: String) {
    causes.append(StatusError.Cause(reason: reason, message: message, field: field))
  }
}

extension String {
  /// The text in quotes, as Go's `%q` writes it.
  package var goQuoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
