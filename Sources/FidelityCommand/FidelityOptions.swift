/// What the command line asks for.
struct FidelityOptions {
  static let usage = """
    usage: andruck-fidelity [--fixtures DIR] [--seed N | --seeds N] [--phase MS | --phases] \
    [--story NAME]
      --fixtures DIR  tables, controllers, kubelet, api and known-differences.txt \
    (Fixtures/kubernetes)
      --seed N        runs everything with this seed (1)
      --seeds N       runs everything with the seeds 1 to N; each must pass
      --phase MS      starts stories so many milliseconds into a second of the wall clock
      --phases        starts stories at ten phases of a second and lists the facets that mind
      --story NAME    prints a story, or those whose name contains NAME, instead
    """

  var path = "Fixtures/kubernetes"
  var seeds: [UInt64] = [1]
  var phase: Duration?
  var surveysPhases = false
  var story: String?

  /// A command line that cannot be read.
  struct UsageError: Error {
    var message: String
  }

  /// Reads the arguments after the program's name; nil if they ask for help.
  init?(_ arguments: some Sequence<String>) throws(UsageError) {
    var left = Array(arguments)[...]
    while let argument = left.popFirst() {
      switch argument {
      case "--fixtures": path = try Self.value(argument, &left)
      case "--seed": seeds = [UInt64(try Self.number(argument, &left))]
      case "--seeds": seeds = (1...max(1, try Self.number(argument, &left))).map(UInt64.init)
      case "--phase": phase = .milliseconds(try Self.number(argument, &left))
      case "--phases": surveysPhases = true
      case "--story": story = try Self.value(argument, &left)
      case "--help", "-h": return nil
      default: throw UsageError(message: "unknown argument \"\(argument)\"")
      }
    }
  }

  private static func value(_ name: String, _ left: inout ArraySlice<String>) throws(UsageError)
    -> String
  {
    guard let value = left.popFirst() else { throw UsageError(message: "\(name) needs a value") }
    return value
  }

  private static func number(_ name: String, _ left: inout ArraySlice<String>) throws(UsageError)
    -> Int
  {
    let text = try value(name, &left)
    guard let number = Int(text), number >= 0 else {
      throw UsageError(message: "\(name) needs a number, found \"\(text)\"")
    }
    return number
  }
}
