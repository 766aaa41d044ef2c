import Glibc

/// What the kernel lets a container's processes use of its processors.
enum CPULimit {
  /// How many processors the process's control group may keep busy; nil without a limit.
  ///
  /// Reads `cpu.max` of version 2 ("150000 100000" is one and a half), or version 1's two files, as a
  /// container sees them; `text` reads a file.
  static func ofControlGroup(_ text: (String) -> String?) -> Double? {
    if let both = text("/sys/fs/cgroup/cpu.max") {
      let words = both.split(whereSeparator: \.isWhitespace)
      guard words.count == 2 else { return nil }
      return processors(quota: words[0], period: words[1])
    }
    guard let quota = text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
      let period = text("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    else { return nil }
    return processors(
      quota: quota.prefix { !$0.isWhitespace }, period: period.prefix { !$0.isWhitespace })
  }

  private static func processors(quota: Substring, period: Substring) -> Double? {
    guard let quota = Int64(quota), let period = Int64(period), quota > 0, period > 0 else {
      return nil
    }
    return Double(quota) / Double(period)
  }
}

/// Files of the kernel, which are short.
enum SmallFile {
  /// A file's first kilobytes as text; nil where it cannot be read.
  static func text(at path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
