/// Something that must hold, evaluated on the trace as it happens.
package struct Check {
  /// How a check's condition is to hold over its window.
  package enum Kind: String, CaseIterable {
    /// After every event of the window.
    case always
    /// After no event of the window.
    case never
    /// After some event of the window.
    case eventually
    /// At the end of the window, for what was counted in it.
    case over
    /// At the end of the story.
    case atEnd
    /// Right before the first entry of the timeline; else the story ends there.
    case steady
  }

  /// How the condition is to hold.
  package var kind: Kind
  /// What is to hold.
  package var condition: Condition
  /// The window's start.
  package var from: Moment
  /// The window's end; nil: the end of the story.
  package var until: Moment?
  /// The length of the window of `eventually`, from its start on.
  package var within: Duration?
  /// The check in the author's words.
  package var text: String
  /// Where it stands in the file.
  package var location: SourceLocation
}

/// A comparison of something observed with a value, such as `digits/production available >= 2`.
package struct Condition {
  /// What is looked at.
  package var measure: Measure
  /// How it is compared.
  package var comparison: Comparison
  /// What it is compared with.
  package var value: Value
  /// The condition in the author's words.
  package var text: String

  /// Whom it is about.
  package var service: ServiceReference { measure.service }
  /// What is looked at.
  package var metric: Metric { measure.metric }

  /// How two values are compared.
  package enum Comparison: String, CaseIterable {
    /// Not less.
    case atLeast = ">="
    /// Not more.
    case atMost = "<="
    /// The same; `is` means the same.
    case equal = "="
    /// Not the same.
    case notEqual = "!="
    /// Less.
    case less = "<"
    /// More.
    case more = ">"
  }

  /// What an observation is compared with.
  package enum Value: Equatable {
    /// A number: a count, a fraction of one, a second's, or nanoseconds, as the metric says.
    case number(Double)
    /// A word, such as a model's name.
    case word(String)
  }
}

/// Something observed of a service, such as `digits/production available`.
package struct Measure {
  /// Whom it is about.
  package let service: ServiceReference
  /// What is looked at.
  package let metric: Metric
  /// Whether it counts requests within a window.
  package let isOverRequests: Bool

  package init(service: ServiceReference, metric: Metric) {
    self.service = service
    self.metric = metric
    isOverRequests = metric.isOverRequests
  }
}

/// A column of a matrix's table.
package struct Column {
  /// Its heading.
  package var heading: String
  /// What it shows.
  package var measure: Measure
  /// The window's start.
  package var from: Moment
  /// The window's end; nil: the end of the story.
  package var until: Moment?
  /// Where it stands in the file.
  package var location: SourceLocation
}

/// A part of the story that has a name.
package struct Phase {
  /// Its name.
  package var name: String
  /// When it begins.
  package var from: Moment
  /// Where it stands in the file.
  package var location: SourceLocation
}
