/// A limit that the command line sets: its flag, its range, its default and what it means.
struct LimitFlag {
  let name: String
  let unit: String
  let range: ClosedRange<Int>
  let text: String
  let get: (LiveSettings) -> Int
  let set: (inout LiveSettings, Int) -> Void

  /// Sets the limit from the flag's value.
  /// - Throws: `UsageError` with the range.
  func apply(_ value: String, to settings: inout LiveSettings) throws {
    guard let number = Int(value), range.contains(number) else {
      throw UsageError(
        message: "\(name): expected a whole number from \(range.lowerBound) to"
          + " \(range.upperBound), found \"\(value)\"")
    }
    set(&settings, number)
  }

  /// The line of the help text.
  func help(_ settings: LiveSettings) -> String {
    let flag = "\(name) \(unit)"
    let gap = String(repeating: " ", count: max(1, 32 - flag.count))
    let zero = range.lowerBound == 0 && isTime ? ", 0 for never" : ""
    return "  \(flag)\(gap)\(text) (default \(get(settings))\(zero))"
  }

  private var isTime: Bool { unit == "SECONDS" || unit == "MICROSECONDS" }
}

extension LimitFlag {
  static func number(
    _ name: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<LiveSettings, Int>,
    unit: String = "N", _ text: String
  ) -> LimitFlag {
    LimitFlag(
      name: name, unit: unit, range: range, text: text, get: { $0[keyPath: path] },
      set: { $0[keyPath: path] = $1 })
  }

  static func number(
    _ name: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<LiveSettings, Int32>,
    unit: String = "N", _ text: String
  ) -> LimitFlag {
    LimitFlag(
      name: name, unit: unit, range: range, text: text, get: { Int($0[keyPath: path]) },
      set: { $0[keyPath: path] = Int32($1) })
  }

  static func bytes(
    _ name: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<LiveSettings, Int>,
    _ text: String
  ) -> LimitFlag { number(name, range, path, unit: "BYTES", text) }

  /// A time of up to 10 milliseconds, or 0 for never; nil is a default that may be never as well.
  static func microseconds(
    _ name: String, _ path: WritableKeyPath<LiveSettings, Int64?>, otherwise: Int64,
    _ text: String
  ) -> LimitFlag {
    LimitFlag(
      name: name, unit: "MICROSECONDS", range: 0...10_000, text: text,
      get: { Int(($0[keyPath: path] ?? otherwise) / 1_000) },
      set: { $0[keyPath: path] = Int64($1) * 1_000 })
  }

  /// A time of 1 second to a day.
  static func seconds(
    _ name: String, _ path: WritableKeyPath<LiveSettings, Int64>, _ text: String
  ) -> LimitFlag {
    LimitFlag(
      name: name, unit: "SECONDS", range: 1...86_400, text: text,
      get: { Int($0[keyPath: path] / 1_000_000_000) },
      set: { $0[keyPath: path] = Int64($1) * 1_000_000_000 })
  }

  /// A time of 1 second to a day, or 0 for never.
  static func seconds(
    _ name: String, orNever path: WritableKeyPath<LiveSettings, Int64?>, _ text: String
  ) -> LimitFlag {
    LimitFlag(
      name: name, unit: "SECONDS", range: 0...86_400, text: text,
      get: { Int(($0[keyPath: path] ?? 0) / 1_000_000_000) },
      set: { $0[keyPath: path] = $1 == 0 ? nil : Int64($1) * 1_000_000_000 })
  }
}
