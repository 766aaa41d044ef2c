extension Array {
  /// Whether both are the same allocation, or empty: equal without a look at the elements.
  @inlinable
  package func isSameArray(as other: [Element]) -> Bool {
    if count != other.count { return false }
    return withUnsafeBufferPointer { mine in
      other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress }
    }
  }
}
