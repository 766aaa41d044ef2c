import JSON

/// A row of a recording beside the row of ours that answers it.
struct RowPair {
  typealias Row = [JSONValue]

  /// The facet, with the row before of either side, which words of changes need.
  var facet: String
  var wanted: Row?
  var seen: Row?
  var wantedBefore: Row?
  var seenBefore: Row?
  /// Whether the judge minds.
  var differs: Bool

  /// Seconds since the start: the recording's where it has the row.
  var time: Double { (wanted ?? seen)?.first?.doubleValue ?? 0 }
}

/// Lays the rows of a facet side by side, as a judge reads them.
struct RowPairing {
  var facet: String
  /// Whether the facet failed; nothing is marked in one that passed.
  var hasFailed: Bool
  /// Whether rows that were not recorded may lie between.
  var allowsOthers: Bool
  /// Whether the order of rows does not matter (events of a kubelet).
  var isSet = false
  /// Rows of ours that come later are left out, seconds.
  var until: Double
  var isSame: (RowPair.Row, RowPair.Row) -> Bool
  var isTimely: (RowPair.Row, RowPair.Row, Int) -> Bool

  func pairs(_ wanted: [RowPair.Row], _ seen: [RowPair.Row]) -> [RowPair] {
    isSet ? pairsOfSet(wanted, seen) : pairsInOrder(wanted, seen)
  }

  private func pairsInOrder(_ wanted: [RowPair.Row], _ seen: [RowPair.Row]) -> [RowPair] {
    var result: [RowPair] = []
    var position = 0
    func extra(upTo end: Int) {
      while position < end {
        result.append(pair(wanted, nil, seen, position))
        position += 1
      }
    }
    for index in wanted.indices {
      let same = (position..<max(position, seen.count)).first {
        isSame(wanted[index], seen[$0]) && isTimely(wanted[index], seen[$0], index)
      }
      if let same {
        extra(upTo: same)
        result.append(pair(wanted, index, seen, same))
        position = same + 1
      } else if let other = stand(for: index, wanted, seen, position) {
        extra(upTo: other)
        result.append(pair(wanted, index, seen, other))
        position = other + 1
      } else {
        result.append(pair(wanted, index, seen, nil))
      }
    }
    extra(upTo: max(position, seen.count))
    return result
  }

  /// The row of ours that stands where a wanted one should: the same at another time, or another one
  /// that no later wanted row asks for.
  private func stand(
    for index: Int, _ wanted: [RowPair.Row], _ seen: [RowPair.Row], _ position: Int
  ) -> Int? {
    guard seen.indices.contains(position) else { return nil }
    if isSame(wanted[index], seen[position]) { return position }
    if allowsOthers { return nil }
    let isWantedLater = wanted[(index + 1)...].contains { isSame($0, seen[position]) }
    return isWantedLater ? nil : position
  }

  private func pairsOfSet(_ wanted: [RowPair.Row], _ seen: [RowPair.Row]) -> [RowPair] {
    var left = Array(seen.indices)
    var result: [RowPair] = []
    for index in wanted.indices {
      let found = left.firstIndex { isSame(wanted[index], seen[$0]) }
      result.append(pair(wanted, index, seen, found.map { left.remove(at: $0) }))
    }
    return result + left.map { pair(wanted, nil, seen, $0) }
  }

  private func pair(_ wanted: [RowPair.Row], _ index: Int?, _ seen: [RowPair.Row], _ other: Int?)
    -> RowPair
  {
    var pair = RowPair(facet: facet, differs: false)
    if let index {
      pair.wanted = wanted[index]
      pair.wantedBefore = index > 0 && !isSet ? wanted[index - 1] : nil
    }
    if let other {
      pair.seen = seen[other]
      pair.seenBefore = other > 0 && !isSet ? seen[other - 1] : nil
    }
    if let row = pair.wanted, let answer = pair.seen, let index {
      pair.differs = hasFailed && !(isSame(row, answer) && isTimely(row, answer, index))
    } else if pair.wanted == nil {
      pair.differs = hasFailed && !allowsOthers && pair.time <= until
    } else {
      pair.differs = hasFailed
    }
    return pair
  }
}
