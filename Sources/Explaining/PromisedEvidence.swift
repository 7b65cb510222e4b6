public import FlatlineCore

/// Evidence that a detector promises for a fault, and its latest time.
public struct PromisedEvidence: Hashable, Sendable {
  /// The leaning that it will have.
  public var leaning: Leaning
  /// The layer that it will judge.
  public var layer: Layer
  /// The cause it will name; `nil` for none.
  public var cause: Cause?
  /// A cause that it may name instead, depending on the moment of the fault.
  public var otherCause: Cause?
  /// Latest time after the fault.
  public var by: Duration
  /// How long after the fault it may stand; `nil` until the detector gives other evidence.
  public var until: Duration?
  /// Whether the kernel itself will have ended the connection.
  public var isConclusive: Bool
  /// Whether it will speak of the peer's FIN alone.
  public var isHalfClose: Bool
  /// Whether a cause of the detector's own yields to one of a nearer layer (`Evidence.yieldsToNearerLayers`).
  public var yieldsToNearerLayers: Bool

  /// From its parts, each described at its property.
  public init(
    _ leaning: Leaning, layer: Layer, cause: Cause? = nil, otherCause: Cause? = nil, by: Duration,
    until: Duration? = nil, isConclusive: Bool = false, isHalfClose: Bool = false,
    yieldsToNearerLayers: Bool = false
  ) {
    self.leaning = leaning
    self.layer = layer
    self.cause = cause
    self.otherCause = otherCause
    self.by = by
    self.until = until
    self.isConclusive = isConclusive
    self.isHalfClose = isHalfClose
    self.yieldsToNearerLayers = yieldsToNearerLayers
  }

  /// The detector's ballot for alive stands after the fault, until this moment or (`nil`) for good.
  public static func alive(_ layer: Layer, until: Duration? = nil) -> PromisedEvidence {
    PromisedEvidence(.alive, layer: layer, by: .zero, until: until)
  }
}
