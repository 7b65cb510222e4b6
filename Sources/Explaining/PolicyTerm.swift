import FlatlineCore

/// A part of a policy that a review names, and why; see ``PolicyReview``.
public struct PolicyTerm: Hashable, Sendable {
  /// Where it stands: `dead.any[0]`, `detectors.progress`.
  public let place: String
  /// The term on one line, as a policy file spells it.
  public let text: String
  /// Why it is named.
  public let reason: String

  /// From its parts, each described at its property.
  public init(at place: String, _ text: String, reason: String) {
    self.place = place
    self.text = text
    self.reason = reason
  }
}

extension PolicyTerm: CustomStringConvertible {
  /// One line.
  public var description: String {
    func short(_ text: String, _ end: Int) -> String {
      text.count > 2 * end ? "\(text.prefix(end))…\(text.suffix(end))" : text
    }
    return "\(short(place, 50)): \(short(text, 80)) \(reason)"
  }
}
