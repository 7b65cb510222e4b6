import Flatline

/// How detection time and mistakes trade for one method as one of its settings sweeps: the plot by which failure
/// detectors are compared (Chen, Toueg, Aguilera 2002, section 7; Hayashibara et al. 2004, section 5).
public struct TradeOffCurve: Sendable {
  public struct Point: Sendable {
    /// The setting, as a person reads it: "3 misses".
    public var setting: String
    public var quality: QualityOfService
  }

  /// The method: "heartbeat, chen".
  public var method: String
  public var points: [Point]

  public init(method: String, points: [Point]) {
    self.method = method
    self.points = points
  }
}
