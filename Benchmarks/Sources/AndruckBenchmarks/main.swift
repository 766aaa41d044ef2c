import Andruck
import Glibc

// Figures for the predict path in a simulation. Machines are noisy: each figure is also given as a
// ratio to a reference loop that is timed before and after it in the same run.

/// Runs `body` and returns how long it took, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  var start = timespec()
  var end = timespec()
  clock_gettime(CLOCK_MONOTONIC, &start)
  try body()
  clock_gettime(CLOCK_MONOTONIC, &end)
  return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
}

/// Ten million steps of a 64-bit mixing function: arithmetic that no cache or allocator touches.
func referenceLoop() -> UInt64 {
  var state: UInt64 = 1
  for step in 0..<10_000_000 as Range<UInt64> {
    state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9 &+ step
  }
  return state
}

func file(_ path: String) -> [UInt8]? {
  guard let stream = fopen(path, "rb") else { return nil }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&chunk, 1, chunk.count, stream)
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
  }
}

let root = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }

/// One service at 200 requests a second for the given seconds, after it has started.
func scenario(seconds: Int) -> String {
  """
  version: 1
  name: predictions
  moral: None; this one is measured.
  duration: \(60 + seconds)s
  cluster:
    nodes:
      - { names: [n1, n2], labels: { host: production }, cpu: 8, memory: 32Gi }
  applications:
    - name: digits
      predictCPU: 1ms
      models: { digits-v1.model: Fixtures/models/digits-v1.model }
      services:
        - { level: production, model: digits-v1.model, replicas: 2, waitSeconds: 1 }
  traffic:
    - { name: users, to: digits/production, rate: 200/s, from: 60s,
        payload: Fixtures/digits/evaluation.csv }
  expect:
    - over: digits/production failures = 0
      from: 60s
  """
}

func measure(_ duration: Int) throws -> (wall: Double, result: ScenarioResult) {
  let replay = try Replay(
    text: scenario(seconds: duration), path: "\(root)/benchmark.yaml", readFile: file)
  var result: ScenarioResult?
  let wall = try seconds { result = try replay.run() }
  guard let result, result.holds else { fatalError(result?.report ?? "no result") }
  return (wall, result)
}

var sink: UInt64 = 0
print("predictions in a simulation: client, network, ingress, model server, with full bytes")
for round in 1...3 {
  let before = seconds { sink &+= referenceLoop() }
  let empty = try measure(1)
  let (wall, result) = try measure(51)
  let after = seconds { sink &+= referenceLoop() }
  let predictions = Double(result.answered - empty.result.answered)
  let each = (wall - empty.wall) / predictions
  print(
    "  run \(round): \(result.answered) predictions in \(Int(wall * 1000)) ms of wall time,"
      + " \(Int(each * 1e9)) ns each beyond the start,"
      + " 10,000 of them = \(Int(each * 1e7)) ms"
      + " = \(Int(each * 1e4 / ((before + after) / 2))) times the reference loop's time")
}
if sink == 1 { print(sink) }  // keeps the optimiser from leaving the loop out
