/// A named value: the detectors that watch a connection, their settings, and the rules from ballots to a verdict.
public struct Policy: Hashable, Sendable {
  /// The meaning of a FIN from the peer.
  @nonexhaustive
  public enum HalfClose: String, Hashable, Sendable, CaseIterable {
    /// The connection is over: `dead(peerClosed)`.
    case dead
    /// The peer sends no more but may still read: `halfClosed`, and the watch goes on.
    case halfClosed
  }

  /// The effect of conclusive evidence: the kernel itself has ended the connection.
  @nonexhaustive
  public enum Conclusive: String, Hashable, Sendable, CaseIterable {
    /// It decides at once, whatever the rules come to.
    case wins
    /// It is a ballot like any other.
    case votes
  }

  /// The name, on the command line and in reports.
  public var name: String
  /// One sentence: the intended use.
  public var summary: String
  /// Which detectors watch, sorted by name. No two have one name.
  public var detectors: [DetectorUse]
  /// When the verdict is suspect; a detector counts here when it leans to suspicious or dead.
  public var suspect: Rule
  /// When the verdict is dead; a detector counts here when it leans to dead.
  public var dead: Rule
  /// The meaning of the peer's FIN.
  public var halfClose: HalfClose
  /// The effect of conclusive evidence.
  public var conclusive: Conclusive

  /// From its parts, each described at its property.
  public init(
    name: String, summary: String = "", halfClose: HalfClose = .dead, conclusive: Conclusive = .wins,
    detectors: [DetectorUse], suspect: Rule, dead: Rule
  ) {
    self.name = name
    self.summary = summary
    self.detectors = detectors.sorted { $0.name < $1.name }
    self.suspect = suspect
    self.dead = dead
    self.halfClose = halfClose
    self.conclusive = conclusive
  }

  /// Builds a policy from lists; several rules in one block mean any of them.
  public init(
    _ name: String, summary: String = "", halfClose: HalfClose = .dead, conclusive: Conclusive = .wins,
    @DetectorUseBuilder detectors: () -> [DetectorUse], @RuleBuilder suspect: () -> [Rule],
    @RuleBuilder dead: () -> [Rule]
  ) {
    func anyOf(_ rules: [Rule]) -> Rule { rules.count == 1 ? rules[0] : .any(rules) }
    self.init(
      name: name, summary: summary, halfClose: halfClose, conclusive: conclusive, detectors: detectors(),
      suspect: anyOf(suspect()), dead: anyOf(dead()))
  }
}

extension Policy {
  /// A copy in which the peer's FIN has another meaning; the policy as it is for `nil`.
  package func withHalfClose(_ halfClose: HalfClose?) -> Policy {
    guard let halfClose else { return self }
    var copy = self
    copy.halfClose = halfClose
    return copy
  }
}
