public import FlatlineCore

/// What a detector promises to say of a fault, and when at the latest.
public struct PromisedEvidence: Hashable, Sendable {
  /// Which way it will lean.
  public var leaning: Leaning
  /// Whose life it will speak of.
  public var layer: Layer
  /// The cause it will name; `nil` for none.
  public var cause: Cause?
  /// A cause it may name instead, where the fault's moment decides which.
  public var otherCause: Cause?
  /// At the latest so long after the fault.
  public var by: Duration
  /// For how long after the fault it may stand; `nil` until something else is said.
  public var until: Duration?
  /// Whether the kernel itself will have ended the connection.
  public var isConclusive: Bool
  /// Whether it will speak of the peer's FIN alone.
  public var isHalfClose: Bool

  /// From its parts, each described at its property.
  public init(
    _ leaning: Leaning, layer: Layer, cause: Cause? = nil, otherCause: Cause? = nil, by: Duration,
    until: Duration? = nil, isConclusive: Bool = false, isHalfClose: Bool = false
  ) {
    self.leaning = leaning
    self.layer = layer
    self.cause = cause
    self.otherCause = otherCause
    self.by = by
    self.until = until
    self.isConclusive = isConclusive
    self.isHalfClose = isHalfClose
  }

  /// The detector's ballot for alive stands after the fault, until this moment or (`nil`) for good.
  public static func alive(_ layer: Layer, until: Duration? = nil) -> PromisedEvidence {
    PromisedEvidence(.alive, layer: layer, by: .zero, until: until)
  }
}
