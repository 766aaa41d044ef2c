import JSON

extension StrategicMergePatch {
  /// Throws unless what is patched stands in the order that is given with it.
  ///
  /// Source: `strategicpatch` validatePatchWithSetOrderList.
  func checkOrder(_ wanted: [JSONValue], of elements: [JSONValue], key: String?) throws(Fault) {
    if wanted.isEmpty || elements.isEmpty { return }
    let kept = key == nil ? elements : elements.filter { $0["$patch"] != "delete" }
    var (index, place) = (0, 0)
    while index < kept.count, place < wanted.count {
      if kept[index]["$patch"] != nil {
        index += 1
        continue
      }
      if try identity(kept[index], key) == identity(wanted[place], key) { index += 1 }
      place += 1
    }
    if index == kept.count { return }
    throw Fault(
      message: "The order in patch list:\n\(JSONValue.array(elements).goText)\n doesn't match "
        + "$setElementOrder list:\n\(JSONValue.array(wanted).goText)\n")
  }

  private func identity(_ element: JSONValue, _ key: String?) throws(Fault) -> JSONValue {
    guard let key else { return element }
    guard element.objectValue != nil else { throw .badType("map[string]interface {}", element) }
    guard let value = element[key] else { throw .noKey(element, key) }
    return value
  }

  /// Puts what the patch names into its order and what it does not name between, as before.
  ///
  /// Source: `strategicpatch` normalizeElementOrder and mergeSortedSlice: an element that only the
  /// server has stands before the next named one if it stood before that one in the server's list.
  static func ordered(
    _ list: [JSONValue], patch: [JSONValue], server: [JSONValue], key: String?
  ) -> [JSONValue] {
    func identity(_ value: JSONValue) -> JSONValue? {
      guard let key, value.objectValue != nil else { return value }
      return value[key]
    }
    func positions(_ order: [JSONValue]) -> (JSONValue) -> Int? {
      let identities = order.map(identity)
      return { value in identities.firstIndex { $0 != nil && $0 == identity(value) } }
    }
    let wanted = positions(patch)
    let before = positions(server)
    func sorted(_ part: [JSONValue], _ place: (JSONValue) -> Int?) -> [JSONValue] {
      part.enumerated()
        .sorted { (place($0.element) ?? .max, $0.offset) < (place($1.element) ?? .max, $1.offset) }
        .map(\.element)
    }
    var named = sorted(list.filter { wanted($0) != nil }, wanted)[...]
    var others = sorted(list.filter { wanted($0) == nil }, before)[...]
    var result: [JSONValue] = []
    while let other = others.first, let next = named.first {
      if let place = before(other), let nextPlace = before(next), place < nextPlace {
        result.append(others.removeFirst())
      } else {
        result.append(named.removeFirst())
      }
    }
    return result + named + others
  }
}
