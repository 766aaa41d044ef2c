import Files
import Scenario
import SimulationKernel
import YAML

/// Damages scenario files and reads them, to find one that the reader does not survive.
///
/// Each damaged text depends on the seed and its number only, so that it can be made again.
final class ScenarioMutations {
  /// How long the reading of one text may take, on a slow and busy machine.
  static let readingSecondsMax = 5.0

  private let files: [(path: String, lines: [String])]
  private let seed: UInt64
  private var cache: [String: [UInt8]?] = [:]

  init(_ paths: [String], seed: UInt64) throws {
    files = try paths.map { path in
      guard let bytes = FileReader.bytes(path) else {
        throw UsageError(message: "\(path): cannot be read")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      return (path, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    self.seed = seed
  }

  /// Reads so many damaged texts; returns how many were refused.
  ///
  /// - Throws: Whatever a reader throws that names no place.
  func read(_ count: Int, isTold: Bool) throws -> Int {
    var refused = 0
    for number in 0..<count {
      let (path, text) = mutation(number)
      let started = WallClock.nanoseconds
      do {
        _ = try ScenarioReader.readAll(
          text, path: path, fileExists: { self.file($0) != nil }, readFile: { self.file($0) })
      } catch is YAMLError {
        refused += 1
      }
      let seconds = Double(WallClock.nanoseconds - started) / 1e9
      if seconds > Self.readingSecondsMax {
        throw UsageError(
          message:
            "damaged scenario \(number) of seed \(seed), made of \(path), took \(seconds) s to"
            + " read; expected at most \(Self.readingSecondsMax) s; --only \(number) prints it")
      }
      if isTold, number % 1000 == 999 { Console.progress("\(number + 1) of \(count)") }
    }
    if isTold { Console.progress("") }
    return refused
  }

  /// The damaged text of a number.
  func mutation(_ number: Int) -> (path: String, text: String) {
    let random = RandomStream(seed: seed, name: "mutation/\(number)")
    let file = files[random.integer(below: files.count)]
    var lines = file.lines
    // Most damage leaves YAML that the reader of scenarios gets to see.
    for _ in 0...random.integer(below: 2) {
      if random.chance(0.7) { damageValue(&lines, random) } else { damage(&lines, random) }
    }
    var text = lines.joined(separator: "\n")
    if random.chance(0.1) { text = damageBytes(text, random) }
    return (file.path, text)
  }

  private func file(_ path: String) -> [UInt8]? {
    if let known = cache[path] { return known }
    let bytes = FileReader.bytes(path)
    cache[path] = .some(bytes)
    return bytes
  }

  /// Puts another value behind a key, from some story or from the words.
  private func damageValue(_ lines: inout [String], _ random: RandomStream) {
    let places = lines.indices.filter { lines[$0].contains(": ") }
    guard !places.isEmpty else { return }
    let place = places[random.integer(below: places.count)]
    let other = files[random.integer(below: files.count)].lines
    let donor = other[random.integer(below: other.count)]
    var value = Self.words[random.integer(below: Self.words.count)]
    if let end = donor.firstRange(of: ": ")?.upperBound, random.chance(0.6) {
      value = String(donor[end...])
    }
    guard let end = lines[place].firstRange(of: ": ")?.upperBound else { return }
    lines[place] = lines[place][..<end] + value
  }

  private func damage(_ lines: inout [String], _ random: RandomStream) {
    if lines.isEmpty { return }
    let place = random.integer(below: lines.count)
    switch random.integer(below: 7) {
    case 0: lines.remove(at: place)
    case 1: lines.insert(lines[place], at: place)
    case 2: lines.swapAt(place, random.integer(below: lines.count))
    case 3:
      // A line of another story, as far in as it is there.
      let other = files[random.integer(below: files.count)].lines
      lines.insert(other[random.integer(below: other.count)], at: place)
    case 4: lines[place] = replaceWord(lines[place], random)
    case 5: lines[place] = (random.chance(0.5) ? "  " : "- ") + lines[place]
    default: lines[place] = String(lines[place].drop { $0 == " " })
    }
  }

  private func replaceWord(_ line: String, _ random: RandomStream) -> String {
    var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let places = words.indices.filter { !words[$0].isEmpty }
    guard !places.isEmpty else { return Self.words[random.integer(below: Self.words.count)] }
    words[places[random.integer(below: places.count)]] =
      Self.words[random.integer(below: Self.words.count)]
    return words.joined(separator: " ")
  }

  /// What readers stumble over.
  private static let words = [
    "~", "{}", "[]", "-1", "0", "0s", "1e308", "9223372036854775807", "99999999999999999999",
    "8000000000s8000000000s", "999999999999/s", "9000000000Gi", "1000%", "$(x)", "$(", "${x}",
    "$(waitSeconds)", "*x", "&x", "!!int", "\"", "'", "|", ">", "#", ":", "-", "?", "{", "}", "[",
    "]", ",", "digits/production", "/", "//", "p100", "p-1", "=", ">=", "is", "+", "+ 1m", "é",
    "\u{0}",
    "true", ".nan", ".inf", "1", "100000", "at:", "every:", "name:", "from:", "with:", "2m", "1ns",
    "{ mean: 5/s, amplitude: 5/s, period: 1s }", "[[[[[[[[[[]]]]]]]]]]",
  ]

  private func damageBytes(_ text: String, _ random: RandomStream) -> String {
    var bytes = Array(text.utf8)
    if bytes.isEmpty { return text }
    for _ in 0...random.integer(below: 8) {
      let place = random.integer(below: bytes.count)
      switch random.integer(below: 4) {
      case 0: bytes[place] = UInt8(random.integer(below: 256))
      case 1: bytes[place] ^= UInt8(1 << random.integer(below: 8))
      case 2: bytes.insert(UInt8(random.integer(below: 128)), at: place)
      default: if bytes.count > 1 { bytes.remove(at: place) }
      }
    }
    if random.chance(0.1) { bytes.removeLast(random.integer(below: bytes.count)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
