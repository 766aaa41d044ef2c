extension FixedWidthInteger {
  /// The whole part of a number, as Go converts on amd64: the smallest value for one that does not
  /// fit, or is none.
  package init(convertedAsInGo value: Double) {
    self = Self(exactly: value.rounded(.towardZero)) ?? .min
  }
}
