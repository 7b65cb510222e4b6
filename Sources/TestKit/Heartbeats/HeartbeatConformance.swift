public import FlatlineHeartbeat

/// Checks a heartbeat protocol against the rules that every such protocol must keep.
///
/// In Swift Testing, one test for each rule:
///
///     @Test(arguments: HeartbeatRule.allCases)
///     func conforms(rule: HeartbeatRule) throws {
///       let version = HeartbeatTranscript("a version", [.ping, .peer("VERSION 1.6.38\r\n")], pongs: 1)
///       try HeartbeatConformance(transcripts: [version]) { MemcachedHeartbeat() }.check(rule)
///     }
///
/// Noise is tried in any case. What a real peer says is in the transcripts: with none, the rules about pongs learn
/// nothing. A protocol that traps ends the test's process; the last line on standard error then names the rule and what
/// the peer sent.
public struct HeartbeatConformance {
  /// A fresh conversation.
  let make: () -> any HeartbeatProtocol
  let name: String
  let transcripts: [HeartbeatTranscript]

  /// - Parameters:
  ///   - name: the protocol's name; unless given, the name of its type.
  ///   - transcripts: what a real peer says.
  ///   - make: makes a fresh conversation.
  public init(
    name: String? = nil, transcripts: [HeartbeatTranscript] = [],
    making make: @escaping () -> any HeartbeatProtocol
  ) {
    self.name = name ?? type(of: make()).name
    self.transcripts = transcripts
    self.make = make
  }

  /// Tries one rule.
  ///
  /// - Parameter rule: which rule.
  /// - Returns: whether it is kept or broken, or that the trial could not tell.
  public func verdict(of rule: HeartbeatRule) -> RuleVerdict {
    var trial = Trial(rule: rule.rawValue, subject: name)
    defer { Trial.leave() }
    switch rule {
    case .takesAnyPieces: takesAnyPieces(&trial)
    case .countsNoPongWithoutPing: countsNoPongWithoutPing(&trial)
    case .pingsWhenReady: pingsWhenReady(&trial)
    case .failsForEver: failsForEver(&trial)
    case .explainsInOneLine: explainsInOneLine(&trial)
    case .keepsMemoryBounded: keepsMemoryBounded(&trial)
    }
    return trial.verdict
  }

  /// Checks the protocol. A rule whose case never came is not an error.
  ///
  /// - Parameter rule: which rule; all of them unless given.
  /// - Throws: ``HeartbeatConformanceError`` if it breaks any.
  public func check(_ rule: HeartbeatRule? = nil) throws(HeartbeatConformanceError) {
    var stories: [String] = []
    for rule in rule.map({ [$0] }) ?? HeartbeatRule.allCases {
      guard case .broken(let found) = verdict(of: rule) else { continue }
      stories += found.map { "\(name) breaks \(rule): \($0)" }
    }
    if !stories.isEmpty { throw HeartbeatConformanceError(stories: stories) }
  }
}

/// A heartbeat protocol that does not conform.
public struct HeartbeatConformanceError: Error, Hashable, Sendable {
  /// At least one line: the protocol, the rule and what was seen.
  public let stories: [String]
}

extension HeartbeatConformanceError: CustomStringConvertible {
  /// One line for each violation.
  public var description: String { stories.joined(separator: "\n") }
}
