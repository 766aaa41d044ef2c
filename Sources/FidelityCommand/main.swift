#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Compares the fake Kubernetes with recordings and tables of the real one.
do {
  guard let options = try FidelityOptions(CommandLine.arguments.dropFirst()) else {
    print(FidelityOptions.usage)
    exit(0)
  }
  let folder = FixtureFolder(path: options.path)
  if options.surveysPhases {
    PhaseSurvey(folder, seeds: options.seeds).run()
    exit(0)
  }
  if let name = options.story {
    exit(StoryPrinter(folder, options).print(name) ? 0 : 1)
  }
  var report = FidelityReport(folder, options)
  report.run()
  exit(report.hasFailures ? 1 : 0)
} catch {
  print("\(error.message)\n\(FidelityOptions.usage)")
  exit(2)
}
