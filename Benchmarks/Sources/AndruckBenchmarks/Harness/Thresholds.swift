import JSON

/// The checked-in bounds of what benchmarks may cost: `Benchmarks/thresholds.json`.
struct Thresholds {
  struct Bound {
    var ratio: Double
    var allocations: Double
  }

  /// A bound is this much above what was measured: noise passes, a slowdown by half does not.
  static let ratioMargin = 1.35
  static let allocationsMargin = 1.05

  private(set) var bounds: [(name: String, bound: Bound)]

  init(reading bytes: [UInt8]) throws {
    let file = try JSONValue(parsing: bytes)
    guard let members = file.objectValue else { throw BenchmarkError("thresholds: not an object") }
    bounds = try members.map { name, value in
      guard let ratio = value["ratio"]?.doubleValue,
        let allocations = value["allocations"]?.doubleValue
      else { throw BenchmarkError("thresholds: \(name) lacks ratio or allocations") }
      return (name, Bound(ratio: ratio, allocations: allocations))
    }
  }

  subscript(name: String) -> Bound? { bounds.first { $0.name == name }?.bound }

  /// Sets bounds for what was measured, and keeps the others.
  mutating func set(_ findings: [Finding]) {
    for finding in findings {
      let bound = Bound(
        ratio: finding.ratio * Self.ratioMargin,
        allocations: (finding.allocations * Self.allocationsMargin * 10 + 1).rounded(.up) / 10)
      if let index = bounds.firstIndex(where: { $0.name == finding.name }) {
        bounds[index].bound = bound
      } else {
        bounds.append((finding.name, bound))
      }
    }
  }

  var text: String {
    let lines = bounds.map { name, bound in
      "  \(JSONValue.string(name).text()):"
        + " {\"ratio\": \(decimal(bound.ratio, 3)), \"allocations\": \(decimal(bound.allocations, 1))}"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// What is wrong with findings, a line each; a benchmark without a bound is wrong as well.
  func violations(of findings: [Finding]) -> [String] {
    findings.flatMap { finding in
      guard let bound = self[finding.name] else {
        return ["\(finding.name): no threshold; --set-thresholds writes one"]
      }
      var lines: [String] = []
      if finding.ratio > bound.ratio {
        lines.append(
          "\(finding.name): \(decimal(finding.ratio, 3)) times the reference,"
            + " \(decimal(bound.ratio, 3)) allowed")
      }
      if finding.allocations > bound.allocations {
        lines.append(
          "\(finding.name): \(decimal(finding.allocations, 1)) allocations a \(finding.unit),"
            + " \(decimal(bound.allocations, 1)) allowed")
      }
      return lines
    }
  }
}

/// Why a benchmark cannot be run.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
