import FlatlineCore

/// A term of a policy's dead rule that can never come to dead, because its detectors never lean as far as it counts.
///
/// Such a term may still matter: it can hold the rule back, as a voice of a `Rule.majority(_:)` does. A term that
/// does not matter is an ``IdleTerm`` as well.
public struct NeverDeadTerm: Hashable, Sendable {
  /// Where it stands: `dead.any[0]`.
  public let place: String
  /// The term on one line, as a policy file spells it.
  public let text: String
  /// Why it never comes to dead: the detectors, and how far they lean.
  public let reason: String

  /// From its parts, each described at its property.
  public init(at place: String, _ text: String, reason: String) {
    self.place = place
    self.text = text
    self.reason = reason
  }
}

extension NeverDeadTerm: CustomStringConvertible {
  /// One line.
  public var description: String { IdleTerm(at: place, text, reason: reason).description }
}
