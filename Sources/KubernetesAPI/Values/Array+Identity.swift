extension Array {
  /// Whether both are the same allocation, or empty: equal without a look at the elements.
  package func isSameArray(as other: [Element]) -> Bool {
    count == other.count
      && withUnsafeBufferPointer { mine in
        other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress }
      }
  }
}
