import Files
import Scenario

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads scenario files and reports what is wrong with them.
enum ScenarioFiles {
  /// The runs of each file, or nil after the errors of those that are wrong were printed.
  ///
  /// - Parameter paths: Files, and folders that stand for all files below them.
  /// - Throws: `UsageError` if there is none.
  static func read(_ paths: [String]) throws -> [[ScenarioFile]]? {
    let files = paths.flatMap(Self.files)
    if files.isEmpty {
      throw UsageError(message: "no scenario files in \(paths.joined(separator: ", "))")
    }
    var scenarios: [[ScenarioFile]] = []
    var isGood = true
    for path in files {
      guard let bytes = FileReader.bytes(path) else {
        Console.error("\(path): cannot be read: \(String(cString: strerror(errno)))")
        isGood = false
        continue
      }
      do {
        scenarios.append(
          try ScenarioReader.readAll(
            String(decoding: bytes, as: UTF8.self), path: path,
            fileExists: { access($0, R_OK) == 0 }, readFile: FileReader.bytes))
      } catch {
        Console.error("\(error)")
        isGood = false
      }
    }
    return isGood ? scenarios : nil
  }

  /// A file itself; of a folder every scenario below it, in order, without `shared` folders.
  static func files(_ path: String) -> [String] {
    guard let names = FileReader.names(path) else { return [path] }
    return names.filter { !$0.hasPrefix(".") && $0 != "shared" }.flatMap { name -> [String] in
      let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      if name.hasSuffix(".yaml") { return [child] }
      return FileReader.names(child) == nil ? [] : files(child)
    }
  }
}
