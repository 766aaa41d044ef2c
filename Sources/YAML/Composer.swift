/// Builds the tree from events, counting what aliases expand to.
struct Composer {
  /// A finished node that an alias may name, with what a copy of it costs.
  private struct Anchored {
    var node: YAMLNode
    var nodes: Int
    var height: Int
  }

  private let events: EventReader
  private let file: String
  private let limits: YAMLLimits
  private var anchors: [String: Anchored] = [:]
  private var openAnchors: [String] = []
  private var nodes = 0

  init(events: EventReader, file: String, limits: YAMLLimits) {
    self.events = events
    self.file = file
    self.limits = limits
  }

  mutating func document() throws(YAMLError) -> YAMLNode {
    var event = try events.next()
    if case .streamStart = event.kind { event = try events.next() }
    if case .streamEnd = event.kind {
      return YAMLNode(.scalar("", quoted: false), line: 1, column: 1)
    }
    let root = try node(from: try events.next(), depth: 0).node
    _ = try events.next()
    let last = try events.next()
    guard case .streamEnd = last.kind else {
      throw error("a second document starts here; one document a file is expected", at: last)
    }
    return root
  }

  private mutating func node(
    from event: Event, depth: Int
  ) throws(YAMLError) -> (node: YAMLNode, height: Int) {
    if case .alias(let name) = event.kind { return try alias(name, at: event, depth: depth) }
    let before = nodes
    try count(1, at: event)
    let anchor = anchor(of: event)
    if let anchor { openAnchors.append(anchor) }
    let (value, height) = try value(of: event, depth: depth)
    let node = YAMLNode(value, line: event.line, column: event.column)
    if let anchor {
      openAnchors.removeLast()
      anchors[anchor] = Anchored(node: node, nodes: nodes - before, height: height)
    }
    return (node, height)
  }

  private mutating func value(
    of event: Event, depth: Int
  ) throws(YAMLError) -> (value: YAMLNode.Value, height: Int) {
    switch event.kind {
    case .scalar(let text, let plain, _, let tag):
      let quoted = try scalarIsString(plain: plain, tag: tag, at: event)
      return (.scalar(text, quoted: quoted), 0)
    case .sequenceStart(_, let tag):
      try checkCollection(tag: tag, expected: "seq", depth: depth, at: event)
      return try sequence(depth: depth)
    case .mappingStart(_, let tag):
      try checkCollection(tag: tag, expected: "map", depth: depth, at: event)
      return try mapping(depth: depth)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .alias, .sequenceEnd,
      .mappingEnd:
      throw error("a node is expected", at: event)
    }
  }

  private mutating func sequence(
    depth: Int
  ) throws(YAMLError) -> (value: YAMLNode.Value, height: Int) {
    var items: [YAMLNode] = []
    var height = 1
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind { return (.sequence(items), height) }
      let item = try node(from: event, depth: depth + 1)
      items.append(item.node)
      height = max(height, item.height + 1)
    }
  }

  private mutating func mapping(
    depth: Int
  ) throws(YAMLError) -> (value: YAMLNode.Value, height: Int) {
    var pairs: [(key: YAMLNode, value: YAMLNode)] = []
    var firstUse: [String: YAMLNode] = [:]
    var height = 1
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind { return (.mapping(pairs), height) }
      let key = try node(from: event, depth: depth + 1).node
      guard let text = key.text else {
        throw error("a key must be a scalar, not \(key.summary)", at: event)
      }
      if let first = firstUse[text] {
        throw error("the key \"\(text)\" is used twice, first in line \(first.line)", at: event)
      }
      firstUse[text] = key
      let value = try node(from: try events.next(), depth: depth + 1)
      pairs.append((key: key, value: value.node))
      height = max(height, value.height + 1)
    }
  }

  private mutating func alias(
    _ name: String, at event: Event, depth: Int
  ) throws(YAMLError) -> (node: YAMLNode, height: Int) {
    if openAnchors.contains(name) {
      throw error("the alias *\(name) stands inside what it names", at: event)
    }
    guard let anchored = anchors[name] else {
      throw error("the alias *\(name) names no anchor before it", at: event)
    }
    try count(anchored.nodes, at: event)
    if depth + anchored.height > limits.depthMax { throw tooDeep(at: event) }
    return (anchored.node, anchored.height)
  }

  private mutating func count(_ added: Int, at event: Event) throws(YAMLError) {
    nodes += added
    if nodes > limits.expandedNodesMax {
      throw error(
        "more than \(limits.expandedNodesMax) nodes once aliases are expanded"
          + " (limit expandedNodesMax)", at: event)
    }
  }

  private func checkCollection(
    tag: String?, expected: String, depth: Int, at event: Event
  ) throws(YAMLError) {
    if depth + 1 > limits.depthMax { throw tooDeep(at: event) }
    guard let tag, tag != "!", tag != coreTagPrefix + expected else { return }
    throw error("the tag \(tag) is not supported here; !!\(expected) is expected", at: event)
  }

  private func scalarIsString(
    plain: Bool, tag: String?, at event: Event
  ) throws(YAMLError) -> Bool {
    guard let tag else { return !plain }
    if tag == "!" || tag == coreTagPrefix + "str" { return true }
    for name in ["null", "bool", "int", "float"] where tag == coreTagPrefix + name {
      return false
    }
    throw error(
      "the tag \(tag) is not supported; expected !!str, !!null, !!bool, !!int or !!float",
      at: event)
  }

  private func anchor(of event: Event) -> String? {
    switch event.kind {
    case .scalar(_, _, let anchor, _), .sequenceStart(let anchor, _), .mappingStart(let anchor, _):
      return anchor
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .alias, .sequenceEnd,
      .mappingEnd:
      return nil
    }
  }

  private func tooDeep(at event: Event) -> YAMLError {
    error("nested deeper than \(limits.depthMax) collections (limit depthMax)", at: event)
  }

  private func error(_ message: String, at event: Event) -> YAMLError {
    YAMLError(file: file, line: event.line, column: event.column, message: message)
  }
}

private let coreTagPrefix = "tag:yaml.org,2002:"
