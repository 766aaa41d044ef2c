import Scenario
import TestSupport
import Testing

@testable import AndruckCommand

#if canImport(Glibc)
  import Glibc
#endif

/// A folder for one test, with a small matrix in it.
final class Folder {
  private let temporary: TemporaryFolder
  var path: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder("command")
    try write(
      "matrix.yaml",
      """
      version: 1
      moral: A test.
      duration: 1m
      for: { replicas: [1, 2], waitSeconds: [5, 7] }
      include:
        - file: \(Fixture.root)/Scenarios/shared/digits.yaml
          with: { replicas: $(replicas), waitSeconds: $(waitSeconds) }
      expect: [{ atEnd: digits/production available = 1 }]
      """)
  }

  func write(_ name: String, _ text: String) throws {
    try WholeFile("\(path)/\(name)").write(Array(text.utf8))
  }

  func names() throws -> [String] {
    let up = String(repeating: "/..", count: Fixture.root.split(separator: "/").count)
    return try Fixture.list("\(up)\(path)")
  }

  func text(_ name: String) -> String? {
    Fixture.absolute("\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }
}

/// The message of the error that something throws.
func message(_ action: () throws -> Void) -> String? {
  do {
    try action()
    return nil
  } catch let error as UsageError {
    return error.message
  } catch {
    return "another error: \(error)"
  }
}

@Suite struct `andruck run` {
  @Test(arguments: [
    (["--report", "r", "--junit", "r", "x.yaml"], "r is to be written twice"),
    (["--report"], "--report needs a value"), (["--junit", "--json", "x.yaml"], "needs a value"),
    (["--only", "rate", "x.yaml"], "--only: expected name=value, found \"rate\""),
    (["--openmetrics", "m"], "andruck run needs at least one scenario file"),
  ])
  func `refuses arguments that make no sense`(_ arguments: [String], _ expected: String) {
    let text = message { _ = try RunCommand(arguments) }
    #expect(text?.contains(expected) == true, "\(text ?? "no error")")
  }

  @Test func `chooses runs of a matrix`() throws {
    let folder = try Folder()
    let runs = try #require(try ScenarioFiles.read(["\(folder.path)/matrix.yaml"]))[0]
    #expect(runs.count == 4)
    func chosen(_ values: [String]) throws -> [String] {
      var choice = RunChoice()
      for value in values { try choice.add(value) }
      return try choice.choose(runs).map { $0.parameters.map(\.value).joined(separator: "/") }
    }
    #expect(try chosen([]).count == 4)
    #expect(try chosen(["replicas=2"]) == ["2/5", "2/7"])
    #expect(try chosen(["replicas=2", "waitSeconds=5"]) == ["2/5"])
    #expect(try chosen(["waitSeconds=5", "waitSeconds=7", "replicas=1"]) == ["1/5", "1/7"])
    #expect(
      message { _ = try chosen(["replica=2"]) }?.hasSuffix("known: replicas, waitSeconds") == true)
    #expect(message { _ = try chosen(["replicas=3"]) }?.hasSuffix("known: 1, 2") == true)
  }

  @Test func `writes every run into each file, and says by its exit code how they came out`() throws
  {
    let folder = try Folder()
    let outputs = [
      "--report", "\(folder.path)/r.html", "--junit", "\(folder.path)/j.xml", "--openmetrics",
      "\(folder.path)/m.txt", "--quiet",
    ]
    let scenario = "\(folder.path)/matrix.yaml"
    #expect(try RunCommand(outputs + [scenario]).perform() == .checkFailed)
    let names = ["j.xml", "m.txt", "matrix.yaml", "r.html"]
    #expect(try folder.names() == names)
    #expect(folder.text("j.xml")?.contains("tests=\"4\" failures=\"2\"") == true)
    #expect(folder.text("m.txt")?.contains("run=\"4\"") == true)
    #expect(folder.text("m.txt")?.hasSuffix("# EOF\n") == true)
    #expect(folder.text("r.html")?.contains("<title>4 runs</title>") == true)
    // What was there is replaced by what is new, and nothing else is left.
    let only = ["--only", "replicas=1", "--only", "waitSeconds=5"]
    #expect(try RunCommand(outputs + only + [scenario]).perform() == .success)
    #expect(try folder.names() == names)
    #expect(folder.text("j.xml")?.contains("tests=\"1\" failures=\"0\"") == true)
  }

  @Test func `refuses a path that cannot be written before it runs anything`() throws {
    let folder = try Folder()
    let scenario = "\(folder.path)/matrix.yaml"
    for option in ["--report", "--junit", "--openmetrics"] {
      #expect(
        message { _ = try RunCommand([option, "\(folder.path)/no/file", scenario]).perform() }
          == "\(folder.path)/no/file: cannot be written: No such file or directory")
      #expect(
        message { _ = try RunCommand([option, folder.path, scenario]).perform() }
          == "\(folder.path): cannot be written: it is a folder")
    }
    #expect(try RunCommand(["\(folder.path)/none.yaml"]).perform() == .badInput)
    #expect(try folder.names() == ["matrix.yaml"])
  }
}

@Suite struct `andruck diff` {
  @Test func `compares runs and traces, and says by its exit code whether they are the same`()
    throws
  {
    let folder = try Folder()
    let scenario = "\(folder.path)/matrix.yaml"
    let one = "\(scenario)@replicas=1@waitSeconds=5"
    let trace = "\(folder.path)/trace"
    let chosen = ["--only", "replicas=1", "--only", "waitSeconds=5"]
    #expect(try RunCommand(["--quiet", "--trace", trace, scenario] + chosen).perform() == .success)
    #expect(try DiffCommand([one, one + "@1"]).perform() == .success)
    #expect(try DiffCommand([trace, one]).perform() == .success)
    #expect(try DiffCommand([trace, trace]).perform() == .success)
    #expect(try DiffCommand([one, one + "@2"]).perform() == .checkFailed)
    #expect(
      try DiffCommand([one, "\(scenario)@replicas=2@waitSeconds=5"]).perform() == .checkFailed)
  }

  @Test func `refuses what cannot be compared`() throws {
    let folder = try Folder()
    let scenario = "\(folder.path)/matrix.yaml"
    let one = "\(scenario)@replicas=1@waitSeconds=5"
    try folder.write("broken", "{\"n\":0,\"ns\":0,\"kind\":\"a.b\",\"subject\":\"\"}\n{\"n\":1")
    let trace = "\(folder.path)/broken"
    func refusal(_ arguments: [String]) -> String {
      message { _ = try DiffCommand(arguments).perform() } ?? "no error"
    }
    #expect(refusal([]).hasPrefix("andruck diff compares two"))
    #expect(refusal(["--json", "a", "b"]).hasPrefix("unknown option --json"))
    #expect(refusal([one, "\(folder.path)/none"]).hasSuffix("cannot be read, or is empty"))
    #expect(refusal([scenario, one]).contains("4 runs, and one is to be compared"))
    #expect(refusal([one + "@1@2", one]).hasSuffix("two seeds"))
    #expect(refusal([one, "\(scenario)@replicas=9"]).hasSuffix("known: 1, 2"))
    #expect(refusal([trace, trace]) == "\(trace):2: not a line of a trace")
    #expect(refusal(["\(trace)@3", trace]).hasSuffix("takes no seed or value"))
    try folder.write("wrong.yaml", "version: 1\n")
    #expect(try DiffCommand([one, "\(folder.path)/wrong.yaml"]).perform() == .badInput)
  }
}
