extension Collection where Element: Comparable {
  /// The middle element, of an even number the upper one; `nil` of none.
  var median: Element? { isEmpty ? nil : sorted()[count / 2] }
}
