import Files

#if canImport(Glibc)
  import Glibc
#endif

/// CPU time of this thread and of other processes of this machine.
public enum ProcessTimes {
  /// CPU time that this thread has used, in nanoseconds.
  public static func thread() -> Int64? {
    var usage = rusage()
    // RUSAGE_THREAD, which the C module does not show as a constant.
    guard getrusage(__rusage_who_t(1), &usage) == 0 else { return nil }
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
  }

  private static func nanoseconds(_ time: timeval) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000
  }

  /// CPU time that all threads of a process have used, in nanoseconds, to a hundredth of a second.
  public static func process(_ number: Int) -> Int64? {
    guard let text = read("/proc/\(number)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    // The name, which may hold anything, ends with the last parenthesis; the times follow as the
    // 12th and 13th field after it (proc(5)).
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else {
      return nil
    }
    return (user + system) * (1_000_000_000 / max(1, Int64(sysconf(Int32(_SC_CLK_TCK)))))
  }

  /// The process of this machine that listens on a port; nil where it cannot be found out.
  public static func listener(port: Int) -> Int? {
    var inodes: [String] = []
    let hexadecimal = String(port, radix: 16, uppercase: true)
    let suffix = ":" + String(repeating: "0", count: max(0, 4 - hexadecimal.count)) + hexadecimal
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      for line in (read(table) ?? "").split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        // State 0A is that of a listener.
        guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(suffix) else { continue }
        inodes.append("socket:[\(fields[9])]")
      }
    }
    guard !inodes.isEmpty else { return nil }
    for name in FileReader.names("/proc") ?? [] {
      guard let number = Int(name) else { continue }
      for descriptor in FileReader.names("/proc/\(name)/fd") ?? [] {
        if let link = link("/proc/\(name)/fd/\(descriptor)"), inodes.contains(link) {
          return number
        }
      }
    }
    return nil
  }

  private static func read(_ path: String) -> String? {
    FileReader.bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func link(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
