/// The members of a JSON object in the order of their insertion, with fast look-up.
///
/// Two objects are equal if they have equal members, in whatever order.
public struct JSONObject: Sendable {
  /// Above this size an index is kept; below it a scan is faster.
  private static let indexThreshold = 12

  private var names: [String] = []
  private var storedValues: [JSONValue] = []
  private var index: [String: Int] = [:]

  /// Makes an empty object.
  public init() {}

  /// Makes an object of members; of those with the same name the last one counts.
  public init(_ members: [(String, JSONValue)]) {
    names.reserveCapacity(members.count)
    storedValues.reserveCapacity(members.count)
    for (key, value) in members { self[key] = value }
  }

  /// The number of members.
  public var count: Int { names.count }

  /// Whether there is no member.
  public var isEmpty: Bool { names.isEmpty }

  /// The names in order of insertion.
  public var keys: [String] { names }

  /// The values in order of insertion.
  public var values: [JSONValue] { storedValues }

  /// The value of that name; setting nil removes the member, a new name goes to the end.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { storedValues[$0] } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): storedValues[position] = value
      case (let position?, nil): remove(at: position)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// The object with its names sorted by their UTF-8 bytes, and those of all objects in it.
  public func sorted() -> JSONObject {
    var result = JSONObject()
    for (key, value) in lazy.map({ $0 }).sorted(by: { $0.key < $1.key }) {
      result.append(key, value.sortedKeys())
    }
    return result
  }

  private func position(of key: String) -> Int? {
    if names.count > Self.indexThreshold { return index[key] }
    return names.firstIndex(of: key)
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    names.append(key)
    storedValues.append(value)
    if names.count == Self.indexThreshold + 1 {
      rebuildIndex()
    } else if names.count > Self.indexThreshold {
      index[key] = names.count - 1
    }
  }

  private mutating func remove(at position: Int) {
    names.remove(at: position)
    storedValues.remove(at: position)
    index.removeAll()
    if names.count > Self.indexThreshold { rebuildIndex() }
  }

  private mutating func rebuildIndex() {
    index.removeAll(keepingCapacity: true)
    for (position, name) in names.enumerated() { index[name] = position }
  }
}

extension JSONObject: RandomAccessCollection {
  /// The position of the first member.
  public var startIndex: Int { 0 }
  /// The position behind the last member.
  public var endIndex: Int { names.count }
  /// The member at a position.
  public subscript(position: Int) -> (key: String, value: JSONValue) {
    (names[position], storedValues[position])
  }
}

extension JSONObject: Equatable {
  /// Whether both have equal members, in whatever order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    for (position, name) in left.names.enumerated() {
      guard right[name] == left.storedValues[position] else { return false }
    }
    return true
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object; of members with the same name the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONValue {
  /// The value with the names of every object in it sorted.
  public func sortedKeys() -> JSONValue {
    switch self {
    case .null, .bool, .integer, .number, .string: self
    case .array(let elements): .array(elements.map { $0.sortedKeys() })
    case .object(let object): .object(object.sorted())
    }
  }
}
