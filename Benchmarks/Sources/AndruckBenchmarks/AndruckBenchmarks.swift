import Glibc

/// Measures what the parts of Andruck cost: `make bench`.
@main
enum AndruckBenchmarks {
  private static let usage = """
    AndruckBenchmarks: what the parts of Andruck cost

      --filter TEXT       only benchmarks with this in their names; may be given again
      --rounds N          rounds of each (default 9)
      --check             exit code 1 where a threshold of Benchmarks/thresholds.json is passed
      --set-thresholds    writes thresholds for what was measured
      --json              prints one JSON object instead of tables
      --markdown          prints tables as docs/PERFORMANCE.md has them
      --list              prints the names
      --run NAME N        performs N units of one benchmark and nothing else, for profilers
    """

  private static var benchmarks: [Benchmark] {
    KernelCases.all + ProtocolCases.all + PredictCases.all + LiveCases.all + StorageCases.all
      + ScenarioCases.all
  }

  static func main() {
    do {
      exit(try perform(Array(CommandLine.arguments.dropFirst())))
    } catch {
      complain("AndruckBenchmarks: \(error)")
      exit(2)
    }
  }

  private static func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  private struct Options {
    var filters: [String] = []
    var measuring = Measuring()
    var checks = false
    var setsThresholds = false
    var isJSON = false
    var isMarkdown = false
  }

  private static func perform(_ arguments: [String]) throws -> Int32 {
    var options = Options()
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--filter": options.filters.append(try value(option, &rest))
      case "--rounds":
        guard let rounds = Int(try value(option, &rest)), rounds > 0 else {
          throw BenchmarkError("--rounds: expected a number above 0")
        }
        options.measuring.rounds = rounds
      case "--check": options.checks = true
      case "--set-thresholds": options.setsThresholds = true
      case "--json": options.isJSON = true
      case "--markdown": options.isMarkdown = true
      case "--list":
        for benchmark in benchmarks { print("\(benchmark.name) (\(benchmark.unit))") }
        return 0
      case "--run": return try run(try value(option, &rest), try value(option, &rest))
      case "--help", "-h":
        print(usage)
        return 0
      default: throw BenchmarkError("unknown argument \(option)\n\(usage)")
      }
    }
    return try measure(options)
  }

  private static func value(_ option: String, _ rest: inout ArraySlice<String>) throws -> String {
    guard let value = rest.popFirst() else { throw BenchmarkError("\(option) needs a value") }
    return value
  }

  private static func run(_ name: String, _ count: String) throws -> Int32 {
    guard let benchmark = benchmarks.first(where: { $0.name == name }), let count = Int(count)
    else { throw BenchmarkError("--run NAME N: no benchmark is called \(name)") }
    let work = try benchmark.prepare()
    try withExtendedLifetime(work) { try work.perform(count) }
    return 0
  }

  private static func measure(_ options: Options) throws -> Int32 {
    let chosen = benchmarks.filter { benchmark in
      options.filters.isEmpty || options.filters.contains { benchmark.name.contains($0) }
    }
    guard !chosen.isEmpty else { throw BenchmarkError("no benchmark's name has that in it") }
    let findings = try options.measuring.findings(of: chosen)
    let targets = Target.all(findings)
    if options.isJSON {
      print(Table.json(findings, targets).text(.pretty))
    } else {
      print(Table.findings(findings, isMarkdown: options.isMarkdown))
      if !targets.isEmpty {
        print("\n" + Table.targets(targets, isMarkdown: options.isMarkdown))
      }
    }
    let path = RepositoryFiles.root + "/Benchmarks/thresholds.json"
    var thresholds = try Thresholds(reading: RepositoryFiles.required("Benchmarks/thresholds.json"))
    if options.setsThresholds {
      thresholds.set(findings)
      try RepositoryFiles.write(path, thresholds.text)
    }
    guard options.checks else { return 0 }
    var violations = thresholds.violations(of: findings)
    if chosen.contains(where: { $0.name == "two bare hops" }) {
      let (simulated, bare) = try PredictCases.wireBytes()
      if abs(simulated / bare - 1) > 0.05 {
        violations.append(
          "two bare hops: \(decimal(bare)) bytes a request on the wire, in a simulation"
            + " \(decimal(simulated)): these are not the same frames")
      }
    }
    for line in violations { complain("over the threshold: \(line)") }
    return violations.isEmpty ? 0 : 1
  }
}
