import Scenario

/// The files that hold every run of one command; each is written whole or not at all.
final class RunOutputs {
  private var page: (report: ReportPage, file: WholeFile)?
  private var junit: (report: JUnitReport, file: WholeFile)?
  private var metrics: (report: OpenMetricsReport, file: WholeFile)?

  /// - Throws: `UsageError` for a path that cannot be written.
  init(_ arguments: RunArguments) throws {
    page = try arguments.pageFile.map { (ReportPage(), try WholeFile($0)) }
    junit = try arguments.junitFile.map { (JUnitReport(), try WholeFile($0)) }
    metrics = try arguments.metricsFile.map { (OpenMetricsReport(), try WholeFile($0)) }
  }

  /// Takes a run that has ended.
  func add(_ result: RunResult) {
    page?.report.add(result)
    junit?.report.add(result)
    metrics?.report.add(result)
  }

  /// Writes the files, after the last run.
  ///
  /// - Throws: `UsageError` if one cannot be written.
  func write() throws {
    if let (report, file) = page { try file.write(report.bytes()) }
    if let (report, file) = junit { try file.write(Array(report.text.utf8)) }
    if let (report, file) = metrics { try file.write(Array(report.text.utf8)) }
  }
}
