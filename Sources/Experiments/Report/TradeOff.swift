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

    /// Why it has no place in a plot; `nil` if it has one. A rate from few mistakes in a short time says next to
    /// nothing: its 95% interval spans a factor of ten and more.
    public var gap: String? {
      if quality.detected == 0 { return "no death" }
      let isMeasured =
        quality.mistakes >= TradeOffCurve.fewestMistakes || quality.exposure >= TradeOffCurve.shortestWatch
      guard !isMeasured else { return nil }
      let mistakes = quality.mistakes == 1 ? "1 mistake" : "\(quality.mistakes) mistakes"
      return "\(mistakes) in \(ReportWords.duration(.seconds(Int64(quality.exposure))))"
    }
  }

  /// With so many mistakes the interval of a rate is about a factor of ten (Poisson, 95%).
  public static let fewestMistakes = 4
  /// Seconds. A setting that makes fewer mistakes must be watched so long.
  public static let shortestWatch = 600.0

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
