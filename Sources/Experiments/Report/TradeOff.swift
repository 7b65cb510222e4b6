import Flatline

/// Detection time against mistakes for one method, over the values of one of its settings: the plot by which failure
/// detectors are compared (Chen, Toueg, Aguilera 2002, section 7; Hayashibara et al. 2004, section 5).
public struct TradeOffCurve: Sendable {
  /// One setting.
  public struct Point: Sendable {
    /// The setting as text: "3 misses".
    public var setting: String
    /// The measured quality of service.
    public var quality: QualityOfService
  }

  /// The method: "heartbeat, chen".
  public var method: String
  /// In the order of the settings.
  public var points: [Point]

  /// From its parts, each described at its property.
  public init(method: String, points: [Point]) {
    self.method = method
    self.points = points
  }
}
