/// What upstream says about names and numbers that do not have the right form.
///
/// Source: `apimachinery/pkg/util/validation/validation.go`.
enum RuleTexts {
  static let label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    + "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
    + "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  private static let subdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    + "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    + "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let searchedDomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' "
    + "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "
    + "used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*"
    + "[a-z0-9])?)*')"
  private static let wildcard =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which "
    + "must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric "
    + "character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]"
    + "([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let dns1035 =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    + "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
    + "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  private static let labelValue =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    + "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
    + "'my_value',  or '12345', regex used for validation is "
    + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  private static let namePart =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    + "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
    + "for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
  private static let configKey =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
    + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
    + "'[-._a-zA-Z0-9]+')"

  private static let conditionReason =
    "a condition reason must start with alphabetic character, optionally followed by a string of "
    + "alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. "
    + "'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', "
    + "regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"

  /// The faults of a reason of a condition, none if it has the right form.
  ///
  /// Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go` isValidConditionReason.
  static func conditionReasonFaults(_ reason: String) -> [String] {
    let characters = reason.unicodeScalars
    let isRight = characters.allSatisfy { isWord($0) || $0 == "," || $0 == ":" }
    guard isRight, let first = characters.first, let last = characters.last,
      first.properties.isAlphabetic, isWord(last)
    else { return [conditionReason] }
    return []
  }

  private static func isWord(_ character: UnicodeScalar) -> Bool {
    switch character {
    case "A"..."Z", "a"..."z", "0"..."9", "_": true
    default: false
    }
  }

  private static func tooLong(_ text: some StringProtocol, _ most: Int) -> [String] {
    text.utf8.count > most ? ["must be no more than \(most) characters"] : []
  }

  /// The faults of a DNS label, none if it is one (`apimachinery/pkg/api/validate/content`).
  static func labelFaults(_ name: String) -> [String] {
    let faults = tooLong(name, 63)
    if FieldRules.isDNS1123LabelShape(name) { return faults }
    return faults + [FieldRules.isDNS1123SubdomainShape(name) ? "must not contain dots" : label]
  }

  /// The faults of a DNS subdomain, none if it is one.
  static func subdomainFaults(_ name: some StringProtocol) -> [String] {
    tooLong(name, 253) + (FieldRules.isDNS1123SubdomainShape(name) ? [] : [subdomain])
  }

  /// The faults of a domain that resolvers search, where labels may begin with `_`.
  static func searchedDomainFaults(_ name: String) -> [String] {
    let isDomain = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      let bare = $0.hasPrefix("_") ? $0.dropFirst() : $0
      return FieldRules.isDNS1123LabelShape(bare.replacing("_", with: "-"))
        && !bare.hasPrefix("_") && !bare.hasSuffix("_")
    }
    return tooLong(name, 253) + (isDomain ? [] : [searchedDomain])
  }

  /// The faults of `*.` before a DNS subdomain, none if it is that.
  static func wildcardFaults(_ name: String) -> [String] {
    let isWildcard =
      name.hasPrefix("*.") && FieldRules.isDNS1123SubdomainShape(name.dropFirst(2))
    return tooLong(name, 253) + (isWildcard ? [] : [wildcard])
  }

  /// The faults of a DNS label that begins with a letter, none if it is one.
  static func dns1035Faults(_ name: String) -> [String] {
    let begins = name.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
    return tooLong(name, 63)
      + (begins && FieldRules.isDNS1123LabelShape(name) ? [] : [dns1035])
  }

  /// The faults of a label's value, none if it is one.
  static func labelValueFaults(_ value: String) -> [String] {
    tooLong(value, 63) + (value.isEmpty || FieldRules.isNamePartShape(value) ? [] : [labelValue])
  }

  /// The faults of a name with an optional DNS subdomain before it, none if it is one.
  static func qualifiedNameFaults(_ name: String) -> [String] {
    if FieldRules.isQualifiedName(name) { return [] }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 2 {
      return [
        "a qualified name \(namePart) with an optional DNS subdomain prefix and '/' (e.g. "
          + "'example.com/MyName')"
      ]
    }
    var faults: [String] = []
    if parts.count == 2, parts[0].isEmpty {
      faults.append("prefix part must be non-empty")
    } else if parts.count == 2 {
      faults += subdomainFaults(parts[0]).map { "prefix part \($0)" }
    }
    let last = parts.last ?? ""
    if last.isEmpty {
      faults.append("name part must be non-empty")
    } else if last.utf8.count > 63 {
      faults.append("name part must be no more than 63 characters")
    }
    if !FieldRules.isNamePartShape(last) { faults.append("name part \(namePart)") }
    return faults
  }

  /// The faults of a key of a ConfigMap or Secret, none if it is one.
  static func configKeyFaults(_ key: String) -> [String] {
    var faults = tooLong(key, 253)
    let isPlain = !key.isEmpty && key.utf8.allSatisfy(FieldRules.isNameByte)
    if !isPlain { faults.append(configKey) }
    if key == "." || key == ".." {
      faults.append("must not be '\(key)'")
    } else if key.hasPrefix("..") {
      faults.append("must not start with '..'")
    }
    return faults
  }

  /// The faults of an environment variable's name, none if it is one.
  static func environmentNameFaults(_ name: String) -> [String] {
    if name.isEmpty { return ["environment variable name must be non-empty"] }
    let isPrintable = name.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x3D }
    return isPrintable
      ? []
      : [
        "a valid environment variable name must consist only of printable ASCII characters other "
          + "than '='"
      ]
  }

  /// The faults of a text that becomes a part of a path.
  ///
  /// Source: `apimachinery/pkg/api/validation/path/name.go` IsValidPathSegmentName.
  static func pathSegmentFaults(_ text: String) -> [String] {
    if text == "." || text == ".." { return ["may not be '\(text)'"] }
    var faults: [String] = []
    if text.utf8.contains(UInt8(ascii: "/")) { faults.append("may not contain '/'") }
    if text.utf8.contains(UInt8(ascii: "%")) { faults.append("may not contain '%'") }
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
  /// Adds a cause for each fault of a text.
  mutating func invalid(_ field: String, text: String, _ faults: [String]) {
    for fault in faults { invalid(field, text.goQuoted, fault) }
  }

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

  /// Adds the faults of a port's number or name.
  mutating func port(_ field: String, _ value: IntOrString?) {
    switch value {
    case nil: port(field, 0)
    case .int(let number): port(field, number)
    case .string(let name): invalid(field, text: name, RuleTexts.portNameFaults(name))
    }
  }

  /// Adds a cause unless the text is an IP address as old fields take it, leading zeros included.
  ///
  /// Source: `apimachinery/pkg/util/validation/ip.go`.
  mutating func address(_ field: String, _ text: String) {
    if IPAddress(text) == nil {
      invalid(
        field, text.goQuoted, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    }
  }

  /// Adds a cause unless the text is an address and the length of its network's prefix.
  mutating func network(_ field: String, _ text: String) {
    if IPAddress(network: text) == nil {
      invalid(
        field, text.goQuoted,
        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
    }
  }

  /// Adds the faults of an address that traffic is to be sent to.
  ///
  /// Source: `pkg/apis/core/validation/validation.go` ValidateEndpointIP.
  mutating func endpoint(_ field: String, _ text: String) {
    guard let address = IPAddress(text) else {
      return invalid(field, text.goQuoted, "must be a valid IP address")
    }
    if address.isUnspecified {
      invalid(field, text.goQuoted, "may not be unspecified (\(text))")
    }
    if address.isLoopback {
      invalid(field, text.goQuoted, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    }
    if address.isLinkLocal {
      invalid(
        field, text.goQuoted, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    }
    if address.isLinkLocalMulticast {
      invalid(
        field, text.goQuoted,
        "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    }
  }
}
