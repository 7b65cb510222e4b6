extension [Duration] {
  /// The middle one: what a delay is, apart from what the machine was doing besides.
  public var median: Duration { percentile(50) }

  /// The smallest of which so many in a hundred are not larger (nearest rank); zero of none.
  public func percentile(_ percent: Int) -> Duration {
    let rank = (count * percent + 99) / 100
    return isEmpty ? .zero : sorted()[Swift.min(Swift.max(rank, 1), count) - 1]
  }
}
