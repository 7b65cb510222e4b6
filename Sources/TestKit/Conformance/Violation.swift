public import FlatlineCore

/// A rule that a detector breaks, and how it was seen.
public struct Violation: Hashable, Sendable {
  /// The rule that was broken.
  public let rule: ConformanceRule
  /// Who broke it.
  public let detector: DetectorName
  /// What was done and what came of it, in one line.
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
