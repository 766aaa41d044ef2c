import Glibc

/// Wall seconds of the process's monotonic clock; read outside simulations only.
func wallSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// CPU seconds that the process has used.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Runs `body` and returns how long it took, in seconds.
func measure(_ body: () throws -> Void) rethrows -> Double {
  let start = wallSeconds()
  try body()
  return wallSeconds() - start
}

/// The most memory that the process has held, in MiB.
func peakMemoryMiB() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Int(usage.ru_maxrss) / 1024
}

/// Ten million steps of a 64-bit mixing function, in seconds: what this machine can do now.
func referenceSeconds() -> Double {
  measure {
    var state: UInt64 = 1
    for step in 0..<10_000_000 as Range<UInt64> {
      state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9 &+ step
    }
    // Keeps the optimiser from leaving the loop out.
    if state == 1 { print(state) }
  }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int64((value * scale).rounded())
  let text = String(abs(whole))
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  let sign = whole < 0 ? "-" : ""
  return digits == 0
    ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}
