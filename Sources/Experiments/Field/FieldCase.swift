public import Flatline

/// A published result or a documented default, as a trial.
public struct FieldCase: Sendable {
  /// Its name in the table.
  public var name: String
  /// The place of publication.
  public var source: String
  /// The published result, as text.
  public var published: String
  /// The trial that repeats it.
  public var trial: Trial

  /// From its parts, each described at its property.
  public init(_ name: String, source: String, published: String, trial: Trial) {
    self.name = name
    self.source = source
    self.published = published
    self.trial = trial
  }

  /// The same trial under a policy of ours.
  ///
  /// - Parameter policy: replaces the published one.
  public func trial(under policy: Policy) -> Trial {
    var trial = self.trial
    trial.policy = policy
    trial.userTimeout = nil
    return trial
  }
}
