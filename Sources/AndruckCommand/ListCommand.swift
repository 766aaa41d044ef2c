import JSON
import Scenario

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `andruck list`: shows scenarios and their morals.
struct ListCommand {
  private let paths: [String]

  init(_ arguments: [String]) throws {
    if let option = arguments.first(where: { $0.hasPrefix("-") }) {
      throw UsageError(message: "unknown option \(option) of andruck list")
    }
    paths = arguments.isEmpty ? ["Scenarios"] : arguments
  }

  func perform() throws -> ExitCode {
    let files = paths.flatMap(Self.files)
    if files.isEmpty {
      throw UsageError(message: "no scenario files in \(paths.joined(separator: ", "))")
    }
    guard let scenarios = ScenarioFiles.read(files) else { return .badInput }
    for runs in scenarios {
      guard let scenario = runs.first else { continue }
      let count = runs.count > 1 ? "  (\(runs.count) runs)" : ""
      Console.print("\(scenario.path)\(count)\n  \(scenario.moral)")
    }
    return .success
  }

  /// A file itself; of a folder every scenario below it, in order, without `shared` folders.
  private static func files(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [path] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix("."), name != "shared" { names.append(name) }
    }
    return names.sorted().flatMap { name -> [String] in
      let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      if name.hasSuffix(".yaml") { return [child] }
      if let folder = opendir(child) {
        closedir(folder)
        return files(child)
      }
      return []
    }
  }
}

/// `andruck schema`: prints the JSON Schema of scenario files, or the reference of all keys.
struct SchemaCommand {
  private let isMarkdown: Bool

  init(_ arguments: [String]) throws {
    if let word = arguments.first(where: { $0 != "--markdown" }) {
      throw UsageError(message: "unknown argument \(word) of andruck schema")
    }
    isMarkdown = !arguments.isEmpty
  }

  func perform() -> ExitCode {
    Console.print(isMarkdown ? ReferenceWriter.markdown : SchemaWriter.schema.text())
    return .success
  }
}
