/// Text that is no YAML document we accept, with the place to look at.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's name as the caller gave it.
  public var file: String
  /// Line of the fault, from 1.
  public var line: Int
  /// Column of the fault, counted in characters from 1.
  public var column: Int
  /// What is wrong, and what was expected.
  public var message: String

  /// A fault at a place.
  public init(file: String, line: Int, column: Int, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: message`, as editors and compilers print it.
  public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// What a document may cost to read; each limit is named by the error that it raises.
public struct YAMLLimits: Sendable, Equatable {
  /// How deep collections may nest, aliases followed; must leave room on the stack.
  public var depthMax: Int
  /// How many nodes a document may have once every alias is replaced by what it names.
  public var expandedNodesMax: Int

  /// Limits; the defaults fit scenario files and Kubernetes manifests many times over.
  public init(depthMax: Int = 100, expandedNodesMax: Int = 1_000_000) {
    self.depthMax = depthMax
    self.expandedNodesMax = expandedNodesMax
  }
}
