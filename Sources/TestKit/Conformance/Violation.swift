public import FlatlineCore

/// A rule that a detector breaks, and the observation.
public struct Violation: Hashable, Sendable {
  /// The rule that was broken.
  public let rule: ConformanceRule
  /// The detector that broke it.
  public let detector: DetectorName
  /// The test's action and its outcome, in one line.
  public let story: String
}

extension Violation: CustomStringConvertible {
  public var description: String { "\(detector) breaks \(rule): \(story)" }
}

/// A detector that does not conform.
public struct ConformanceError: Error, Hashable, Sendable {
  /// At least one.
  public let violations: [Violation]
}

extension ConformanceError: CustomStringConvertible {
  /// One line for each violation.
  public var description: String { violations.map(\.description).joined(separator: "\n") }
}
