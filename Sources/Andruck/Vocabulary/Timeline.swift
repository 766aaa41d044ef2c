import YAML

extension Scenario {
  /// An entry of the timeline: a trigger and one operation.
  public struct Entry: Sendable {
    let node: YAMLNode

    private init(_ operation: Operation, _ trigger: (inout Keys) -> Void) {
      var keys = operation.keys
      trigger(&keys)
      node = keys.node
    }

    /// At a moment.
    public static func at(_ moment: Moment, _ operation: Operation) -> Entry {
      Entry(operation) { $0.put("at", moment) }
    }

    /// After another entry, or when a phase begins.
    public static func after(
      _ name: String, wait: Duration? = nil, _ operation: Operation
    ) -> Entry {
      Entry(operation) {
        $0.put("after", name)
        $0.put("wait", wait)
      }
    }

    /// When a condition first holds, from the entry before it on.
    public static func when(
      _ condition: String, wait: Duration? = nil, _ operation: Operation
    ) -> Entry {
      Entry(operation) {
        $0.put("when", condition)
        $0.put("wait", wait)
      }
    }

    /// Again and again.
    public static func every(
      _ interval: Duration, from: Moment? = nil, until: Moment? = nil, times: Int? = nil,
      _ operation: Operation
    ) -> Entry {
      Entry(operation) {
        $0.put("every", interval)
        $0.put("from", from)
        $0.put("until", until)
        $0.put("times", times)
      }
    }
  }

  /// When something is looked at.
  public struct Span: Sendable {
    let fill: @Sendable (inout Keys) -> Void

    /// From a moment until another; nil: the start, the end.
    public static func from(_ start: Moment? = nil, until end: Moment? = nil) -> Span {
      Span {
        $0.put("from", start)
        $0.put("until", end)
      }
    }

    /// In a phase.
    public static func during(_ phase: String) -> Span { Span { $0.put("during", phase) } }

    /// From the start of a phase to that of another.
    public static func between(_ first: String, _ second: String) -> Span {
      Span { $0.put("between", [first, second]) }
    }
  }

  /// Something that must hold.
  public struct Check: Sendable {
    let node: YAMLNode

    private init(
      _ key: String, _ condition: String, _ span: Span?, _ place: Place, within: Duration? = nil
    ) {
      var keys = Keys(place)
      keys.put(key, condition)
      keys.put("within", within)
      span?.fill(&keys)
      node = keys.node
    }

    /// It holds after every event of the span.
    public static func always(
      _ condition: String, _ span: Span? = nil, file: String = #filePath, line: Int = #line,
      column: Int = #column
    ) -> Check { Check("always", condition, span, Place(file, line, column)) }

    /// It holds after no event of the span.
    public static func never(
      _ condition: String, _ span: Span? = nil, file: String = #filePath, line: Int = #line,
      column: Int = #column
    ) -> Check { Check("never", condition, span, Place(file, line, column)) }

    /// It holds after some event, at most so long after the span's start.
    public static func eventually(
      _ condition: String, within: Duration, _ span: Span? = nil, file: String = #filePath,
      line: Int = #line, column: Int = #column
    ) -> Check {
      Check("eventually", condition, span, Place(file, line, column), within: within)
    }

    /// It holds at the span's end, for what was to be sent in it.
    public static func over(
      _ condition: String, _ span: Span? = nil, file: String = #filePath, line: Int = #line,
      column: Int = #column
    ) -> Check { Check("over", condition, span, Place(file, line, column)) }

    /// It holds at the end of the story.
    public static func atEnd(
      _ condition: String, file: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check { Check("atEnd", condition, nil, Place(file, line, column)) }
  }

  /// Something that the result shows of a run: an observation over a span.
  public struct Column: Sendable {
    let node: YAMLNode

    /// Shows an observation such as `digits/production p99 latency` under a heading.
    public init(
      _ heading: String, _ observation: String, _ span: Span? = nil, file: String = #filePath,
      line: Int = #line, column: Int = #column
    ) {
      var keys = Keys(Place(file, line, column))
      keys.put("column", heading)
      keys.put("value", observation)
      span?.fill(&keys)
      node = keys.node
    }
  }
}
