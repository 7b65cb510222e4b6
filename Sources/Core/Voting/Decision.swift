/// The outcome of a vote.
struct Decision: Sendable {
  enum Kind: UInt8, Sendable { case alive, suspect, halfClosed, dead }

  var kind: Kind
  /// Detectors with the ballots that decided; empty for alive.
  var deciders: DetectorSet
  /// Detectors that decide by an earlier ballot, where their ballot of now does not (``Rule/recent(_:for:)``).
  var remembered = DetectorSet()
  /// Detectors to challenge now.
  var challenged: DetectorSet
  /// Detectors that caused the challenge: their ballots brought the first rule of a ``Rule/confirm(_:by:within:)``
  /// to yes. Empty without a challenge.
  var challengers: DetectorSet
  /// Earliest time at which the outcome can change without a new ballot.
  var recheck: MonotonicTime
}
