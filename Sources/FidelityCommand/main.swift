#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Compares the fake Kubernetes with recordings and tables of the real one.
//
//   andruck-fidelity [--fixtures DIR]
var path = "Fixtures/kubernetes"
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--fixtures":
    guard let value = arguments.popFirst() else {
      print("--fixtures needs a folder")
      exit(2)
    }
    path = value
  case "--help", "-h":
    print("usage: andruck-fidelity [--fixtures DIR]")
    exit(0)
  default:
    print("unknown argument \"\(argument)\"; usage: andruck-fidelity [--fixtures DIR]")
    exit(2)
  }
}
var report = FidelityReport(FixtureFolder(path: path))
report.run()
exit(report.hasFailures ? 1 : 0)
