import DruckerClient
import DruckerProtocol
import Files
import JSON
import LiveTransport
import LoadGenerator
import Transport

/// `andruck bench`: a load generator for any Drucker endpoint.
struct BenchCommand {
  private let arguments: BenchArguments

  init(_ arguments: [String]) throws { self.arguments = try BenchArguments(arguments) }

  func perform() throws -> ExitCode {
    LiveLimits.prepareProcess()
    SocketEventLoop.makeTimersExact()
    let log = try arguments.histogramLog.map(OutputFile.init)
    let plot = try arguments.plotFile.map(OutputFile.init)
    let calibration = try arguments.calibrationFile.map(OutputFile.init)
    let requests = try requests()
    let slices = try measure(requests)
    var merged = slices.map { parts in
      parts.dropFirst().reduce(into: parts[0]) { $0.merge($1) }
    }
    for index in merged.indices where merged[index].calls == 0 {
      Console.error("andruck bench: no call to \(arguments.targets[index].name) was measured")
      merged[index].unfinished += 1
    }
    let report = BenchReport(arguments, slices, merged)
    Console.print(arguments.isJSON ? report.json.text() : report.text)
    if let log {
      for (target, result) in zip(arguments.targets, merged) {
        let seconds = Double(result.windowNanoseconds) / 1e9
        log.write(
          Array(HistogramLog.text(result.latencies, tag: target.name, seconds: seconds).utf8))
      }
      try log.close()
    }
    if let plot {
      let series = zip(arguments.targets, merged).map { ($0.name, $1.latencies) }
      plot.write(Array(LatencyPlot.html(title: report.load, series).utf8))
      try plot.close()
    }
    if let calibration {
      calibration.write(Array(try Self.calibration(report.load, merged[0]).utf8))
      try calibration.close()
    }
    let failed = arguments.thresholds.filter { $0.holds(merged[0]) }
    for threshold in failed {
      Console.error("andruck bench: failed: \(threshold.text)")
    }
    return failed.isEmpty ? .success : .checkFailed
  }

  /// The CPU time of one call, in whole microseconds, as the key of a scenario's application.
  private static func calibration(_ load: String, _ result: LoadResult) throws -> String {
    guard let server = result.serverNanoseconds, server > 0, result.endedInWindow > 0 else {
      throw UsageError(
        message: "--calibrate: the server's CPU time is not known; it must run on this machine")
    }
    let each = (Double(server) / Double(result.endedInWindow) / 1_000).rounded(.up)
    return """
      # Measured by andruck bench over \(result.endedInWindow) calls: \(load)
      predictCPU: \(Int(each))us

      """
  }

  /// Runs everything on this thread.
  private func measure(_ requests: [LoadRequest]) throws -> [[LoadResult]] {
    let loop = try SocketEventLoop()
    let tls = arguments.isTLS ? try TLSClient(trustFile: arguments.trustFile) : nil
    let connector: any Connector =
      if let tls { TLSConnector(loop: loop, tls: tls) } else { SocketConnector(loop: loop) }
    var lastFailure: [String: String] = [:]
    let targets = arguments.targets.map { named in
      let target = LoadTarget(
        LoadAddress(
          host: named.host, port: named.port, authority: named.authority,
          scheme: tls == nil ? "http" : "https"),
        plan: arguments.plan, requests: requests, eventLoop: loop, connector: connector,
        clock: { SocketEventLoop.monotonicNanoseconds })
      target.generatorCPU = ProcessTimes.thread
      if ["127.0.0.1", "localhost", "::1"].contains(named.host),
        let process = ProcessTimes.listener(port: named.port)
      {
        target.serverCPU = { ProcessTimes.process(process) }
      }
      target.onFailure = { lastFailure[named.name] = "\($0)" }
      return target
    }
    let series = LoadSeries(targets, plan: arguments.plan, rounds: arguments.rounds)
    var results: [[LoadResult]] = []
    var isOpen = false
    series.onProgress = { done, all in
      isOpen = true
      if Console.errorIsTerminal, all > 1 { Console.progress("slice \(done + 1) of \(all)") }
    }
    series.run {
      results = $0
      loop.stop()
    }
    loop.schedule(afterNanoseconds: 10_000_000_000) {
      if !isOpen { loop.stop() }
    }
    loop.run()
    if Console.errorIsTerminal, arguments.targets.count > 1 { Console.progress("") }
    guard isOpen else {
      let named = arguments.targets.map(\.name)
        .map { "\($0): \(lastFailure[$0] ?? "no answer")" }
      throw UsageError(message: "cannot connect to \(named.joined(separator: "; "))")
    }
    return results
  }

  private func requests() throws -> [LoadRequest] {
    let lines = try arguments.payloadFile.map { try payload($0) }
    return try arguments.calls.map { call in
      let method = DruckerMethod(call, package: arguments.package)
      guard let kind = method.inputKind else {
        preconditionFailure("\(method.path) is no prediction")
      }
      guard let lines else {
        let input = LoadPayload.generated(kind, size: arguments.payloadSize)
        return LoadRequest(method, inputs: [input])
      }
      return LoadRequest(method, inputs: try lines.map { try input($0, kind) })
    }
  }

  /// The lines of the file with inputs, without comments and empty ones.
  private func payload(_ path: String) throws -> [(number: Int, text: String)] {
    guard let bytes = FileReader.bytes(path) else {
      throw UsageError(message: "--payload: \(path) cannot be read")
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let kept = lines.enumerated().map { index, line in
      (number: index + 1, text: String(decoding: line, as: UTF8.self))
    }.filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }
    guard !kept.isEmpty else { throw UsageError(message: "--payload: \(path) has no lines") }
    return kept
  }

  private func input(_ line: (number: Int, text: String), _ kind: PayloadKind) throws
    -> DruckerInput
  {
    let fields = line.text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func numbers<Number: LosslessStringConvertible>() throws -> [Number] {
      try fields.map { field in
        guard let number = Number(field) else {
          throw UsageError(
            message: "\(arguments.payloadFile ?? ""):\(line.number): expected numbers with commas,"
              + " found \"\(field)\"")
        }
        return number
      }
    }
    switch kind {
    case .string: return .string(line.text)
    case .bytes: return .bytes(try numbers())
    case .arrInt: return .arrInt(try numbers())
    case .arrFloat: return .arrFloat(try numbers())
    case .arrString: return .arrString(fields)
    }
  }
}
