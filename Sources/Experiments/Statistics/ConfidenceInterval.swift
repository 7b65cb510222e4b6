/// A range that holds the true value with a given confidence.
public struct ConfidenceInterval: Hashable, Sendable {
  /// The measured value; `nil` where nothing was measured and only bounds are known.
  public var estimate: Double?
  /// The lower end.
  public var lower: Double
  /// The upper end; infinite where nothing bounds it.
  public var upper: Double
  /// The confidence: 0.95 for 95%.
  public var confidence: Double

  /// From its parts, each described at its property.
  public init(_ estimate: Double?, from lower: Double, to upper: Double, confidence: Double = 0.95) {
    self.estimate = estimate
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// The interval with every value multiplied by a factor above 0.
  public func scaled(by factor: Double) -> ConfidenceInterval {
    ConfidenceInterval(
      estimate.map { $0 * factor }, from: lower * factor, to: upper * factor, confidence: confidence)
  }

  /// The interval cut to the possible values.
  public func clamped(to range: ClosedRange<Double>) -> ConfidenceInterval {
    func cut(_ value: Double) -> Double { min(max(value, range.lowerBound), range.upperBound) }
    return ConfidenceInterval(estimate.map(cut), from: cut(lower), to: cut(upper), confidence: confidence)
  }
}
