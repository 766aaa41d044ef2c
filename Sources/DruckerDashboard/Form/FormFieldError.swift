/// One field of a form that is at fault.
package struct FormFieldError: Sendable, Equatable, CustomStringConvertible {
  /// The field's name as the REST form has it, such as `policy_max_surge`.
  package var field: String
  /// What the field may hold.
  package var expected: String
  /// What it held; empty where it was missing.
  package var found: String

  package init(field: String, expected: String, found: String) {
    self.field = field
    self.expected = expected
    self.found = found
  }

  package var description: String {
    "\(field): expected \(expected), found " + (found.isEmpty ? "nothing" : "\"\(found)\"")
  }
}
