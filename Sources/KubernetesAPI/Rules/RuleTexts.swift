/// What upstream says about names and numbers that do not have the right form.
///
/// Source: `apimachinery/pkg/util/validation/validation.go`.
enum RuleTexts {
  static let label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    + "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
    + "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

  /// The faults of a DNS label, none if it is one (`apimachinery/pkg/api/validate/content`).
  static func labelFaults(_ name: String) -> [String] {
    var faults: [String] = []
    if name.utf8.count > 63 { faults.append("must be no more than 63 characters") }
    let isSubdomain = FieldRules.isDNS1123Subdomain(name)
    if !isSubdomain { faults.append(label) }
    if isSubdomain, name.contains(".") { faults.append("must not contain dots") }
    return faults
  }

  /// The faults of a port's name, none if it is one.
  static func portNameFaults(_ name: String) -> [String] {
    var faults: [String] = []
    if name.utf8.count > 15 { faults.append("must be no more than 15 characters") }
    let isPlain = name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
    }
    if !isPlain {
      faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !name.utf8.contains(where: { (0x61...0x7A).contains($0) }) {
      faults.append("must contain at least one letter (a-z)")
    }
    if name.contains("--") { faults.append("must not contain consecutive hyphens") }
    if name.hasPrefix("-") || name.hasSuffix("-") {
      faults.append("must not begin or end with a hyphen")
    }
    return faults
  }
}

extension CauseList {
  /// Adds a cause unless the value is one of those supported.
  mutating func oneOf(_ field: String, _ value: String, _ supported: [String]) {
    if value.isEmpty {
      required(field)
    } else if !supported.contains(value) {
      notSupported(field, value, supported)
    }
  }

  /// Adds a cause unless the value is a count or a percentage.
  mutating func countOrPercent(_ field: String, _ value: IntOrString) {
    switch value {
    case .int(let number): if number < 0 { negative(field, Int64(number)) }
    case .string(let text):
      if !FieldRules.isPercent(text) {
        invalid(
          field, "\"\(text)\"",
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  "
            + "or '93%', regex used for validation is '[0-9]+%')")
      }
    }
  }

  mutating func negative(_ field: String, _ value: Int64) {
    invalid(field, "\(value)", "must be greater than or equal to 0")
  }

  mutating func port(_ field: String, _ value: Int) {
    if !(1...65_535).contains(value) {
      invalid(field, "\(value)", "must be between 1 and 65535, inclusive")
    }
  }
}
