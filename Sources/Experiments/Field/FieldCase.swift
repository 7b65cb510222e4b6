public import Flatline

/// A published result or a documented default, as a trial.
public struct FieldCase: Sendable {
  /// What it is called in the table.
  public var name: String
  /// Where it is published.
  public var source: String
  /// What is published, in words.
  public var published: String
  /// What is run to see.
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
  /// - Parameter policy: what to put in place of the published one.
  public func trial(under policy: Policy) -> Trial {
    var trial = self.trial
    trial.policy = policy
    trial.userTimeout = nil
    return trial
  }
}
