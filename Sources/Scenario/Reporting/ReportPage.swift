import JSON

/// Writes runs as one self-contained page for people, which opens without a network.
///
/// The page is made from the files in `Page`; a run is put into it as JSON, the same as of `--json`.
package struct ReportPage {
  /// How many bytes the recordings of runs that passed may take, and as many again those that failed.
  ///
  /// A run beyond that is in the page's table only.
  package static let recordingBytesMax = 24 << 20

  private let bytesMax: Int
  private var runs: [[UInt8]] = []
  private var titles: [String] = []
  private var passedBytes = 0
  private var failedBytes = 0

  /// Makes a page without runs.
  package init(recordingBytesMax: Int = ReportPage.recordingBytesMax) {
    bytesMax = recordingBytesMax
  }

  /// Adds a run.
  package mutating func add(_ result: RunResult) {
    var bytes = Self.value(result).bytes()
    let taken = result.holds ? passedBytes : failedBytes
    if taken + bytes.count > bytesMax {
      var short = result
      short.recording = nil
      bytes = Self.value(short).bytes()
    } else if result.holds {
      passedBytes += bytes.count
    } else {
      failedBytes += bytes.count
    }
    runs.append(bytes)
    titles.append("\(result.name), seed \(result.seed)")
  }

  /// The page as UTF-8 bytes.
  package func bytes() -> [UInt8] {
    var data: [UInt8] = [UInt8(ascii: "[")]
    for (index, run) in runs.enumerated() {
      if index > 0 { data.append(UInt8(ascii: ",")) }
      data.append(contentsOf: run)
    }
    data.append(UInt8(ascii: "]"))
    let title = titles.count == 1 ? titles[0] : "\(titles.count) runs"
    let script = Self.scripts.joined(separator: Array("\n".utf8))
    return Self.filled([
      ("title", Self.escaped(title)), ("style", PackageResources.page_css),
      ("runs", Self.embedded(data)),
      ("script", Array("(() => {\n\"use strict\";\n".utf8) + script + Array("})();".utf8)),
    ])
  }

  private static let scripts: [[UInt8]] = [
    PackageResources.format_js, PackageResources.scale_js, PackageResources.series_js,
    PackageResources.signs_js, PackageResources.panels_js, PackageResources.gantt_js,
    PackageResources.chart_js, PackageResources.summary_js, PackageResources.story_js,
    PackageResources.page_js,
  ]

  private static func value(_ result: RunResult) -> JSONValue {
    [
      "run": JSONReport.value(result),
      "moral": .string(result.moral),
      "again": .string(RerunLine.text(result)),
      "columns": .array(result.columns.map { [.string($0.heading), .string($0.text)] }),
      "missed": .array(
        result.missed.map {
          [
            "name": .string($0.name), "condition": .string($0.condition),
            "file": .string($0.location.file ?? result.path),
            "line": JSONValue($0.location.line),
          ]
        }),
    ]
  }

  /// JSON that ends no script element and begins no comment, whatever names are in it.
  private static func embedded(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count)
    for byte in json {
      switch byte {
      case UInt8(ascii: "<"): result.append(contentsOf: "\\u003c".utf8)
      case UInt8(ascii: ">"): result.append(contentsOf: "\\u003e".utf8)
      case UInt8(ascii: "&"): result.append(contentsOf: "\\u0026".utf8)
      default: result.append(byte)
      }
    }
    return result
  }

  private static func escaped(_ text: String) -> [UInt8] { Array(XMLText.escaped(text).utf8) }

  /// The template with `{{name}}` replaced by each part, which is not looked at again.
  private static func filled(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let template = PackageResources.page_html
    let mark = Array("{{".utf8)
    var result: [UInt8] = []
    var position = 0
    while position < template.count {
      if template[position...].starts(with: mark),
        let part = parts.first(where: {
          template[position...].starts(with: Array("{{\($0.name)}}".utf8))
        })
      {
        result.append(contentsOf: part.bytes)
        position += part.name.utf8.count + 4
      } else {
        result.append(template[position])
        position += 1
      }
    }
    return result
  }
}
