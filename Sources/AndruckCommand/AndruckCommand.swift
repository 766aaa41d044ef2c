import LiveTransport
import Scenario

/// The command line: `andruck run`, `diff`, `check`, `list`, `schema`, `serve`, `ingress`, `bench`, `delay`.
@main
enum AndruckCommand {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      Console.exit(try perform(arguments))
    } catch let error as UsageError {
      Console.error("andruck: \(error.message)\n\(Usage.hint)")
      Console.exit(.badInput)
    } catch let error as TLSError {
      Console.error("andruck: \(error)")
      Console.exit(.badInput)
    } catch {
      Console.error("andruck: \(error)")
      Console.exit(.internalError)
    }
  }

  private static func perform(_ arguments: [String]) throws -> ExitCode {
    switch arguments.first {
    case "run": return try RunCommand(Array(arguments.dropFirst())).perform()
    case "diff": return try DiffCommand(Array(arguments.dropFirst())).perform()
    case "check": return try CheckCommand(Array(arguments.dropFirst())).perform()
    case "list": return try ListCommand(Array(arguments.dropFirst())).perform()
    case "schema": return try SchemaCommand(Array(arguments.dropFirst())).perform()
    case "bench" where Usage.isAskedFor(arguments):
      Console.print(Usage.bench)
      return .success
    case "bench": return try BenchCommand(Array(arguments.dropFirst())).perform()
    case "delay": return try DelayCommand(Array(arguments.dropFirst())).perform()
    case "serve" where Usage.isAskedFor(arguments):
      Console.print(Usage.serve)
      return .success
    case "ingress" where Usage.isAskedFor(arguments):
      Console.print(Usage.ingress)
      return .success
    case "serve": return try ServeCommand(Array(arguments.dropFirst())).perform()
    case "ingress": return try IngressCommand(Array(arguments.dropFirst())).perform()
    case "--version", "version":
      Console.print("andruck \(Usage.version)")
      return .success
    case "--help", "-h", "help", nil:
      Console.print(Usage.text)
      return arguments.isEmpty ? .badInput : .success
    case let word?:
      throw UsageError(
        message:
          "unknown command \"\(word)\"; expected run, diff, check, list, schema, serve, ingress, bench or delay"
      )
    }
  }
}

/// What the process tells its caller.
enum ExitCode: Int32 {
  /// All checks hold.
  case success = 0
  /// A check failed, or two runs differ.
  case checkFailed = 1
  /// A file or an argument is wrong.
  case badInput = 2
  /// The harness itself failed.
  case internalError = 3
}

/// An argument that cannot be understood.
struct UsageError: Error, CustomStringConvertible {
  let message: String

  var description: String { message }
}
