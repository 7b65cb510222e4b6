/// What a vote came to.
struct Decision: Sendable {
  enum Kind: UInt8, Sendable { case alive, suspect, halfClosed, dead }

  var kind: Kind
  /// Detectors whose ballots decided; empty for alive.
  var deciders: DetectorSet
  /// Detectors that are asked for their opinion now.
  var challenged: DetectorSet
  /// Detectors whose ballots are the reason to ask: those that made the first rule of a ``Rule/confirm(_:by:within:)`` dead.
  /// Empty when nobody is asked.
  var challengers: DetectorSet
  /// When the vote may come out differently without a new ballot.
  var recheck: MonotonicTime
}
