import CFlatlineTestKit
import FlatlineCore

/// The findings of a rule so far.
struct Trial {
  private let rule: String
  private let subject: String
  private(set) var stories: [String] = []
  /// The case that has not come about yet; `nil` if it has, or if there is none.
  private var lesson: String?
  private var hasLearned = false

  private static let most = 8

  /// - Parameters:
  ///   - rule: the rule that is tried.
  ///   - subject: the name of what is tried.
  init(rule: String, subject: String) {
    self.rule = rule
    self.subject = subject
    enter("its first calls")
  }

  var hasFailed: Bool { !stories.isEmpty }
  var isOver: Bool { stories.count >= Self.most }

  var verdict: RuleVerdict {
    if !stories.isEmpty { return .broken(stories) }
    return lesson.map { .learnedNothing($0) } ?? .kept
  }

  mutating func fail(_ story: String) {
    if !isOver, !stories.contains(story) { stories.append(story) }
  }

  mutating func require(_ condition: Bool, _ story: @autoclosure () -> String) {
    if !condition { fail(story()) }
  }

  // MARK: What has to come about

  /// Without a call of ``learn()`` the verdict is that nothing was learned, for this reason.
  mutating func needs(_ lesson: String) {
    if !hasLearned { self.lesson = lesson }
  }

  /// The case that the rule is about has come about.
  mutating func learn() {
    hasLearned = true
    lesson = nil
  }

  // MARK: What runs

  /// This part of the rule runs on this thread from now on. A trap tells it on standard error.
  func enter(_ part: String) {
    flatline_trial_enter("the rule \(rule) of \(subject), in \(part)")
  }

  /// This thread tries nothing any more.
  static func leave() { flatline_trial_enter(nil) }
}

extension Trial {
  /// For rules about accusations.
  mutating func needsAccusation() { needs("it accused in none of these worlds") }

  /// Learns from an accusation.
  mutating func learnIfAccusing(_ said: [Evidence]) {
    if said.contains(where: { $0.leaning >= .suspicious }) { learn() }
  }

  /// For rules about any evidence.
  mutating func needsEvidence() { needs("it gave no evidence in any of these worlds") }

  /// A run that begins on a healthy connection; a detector that refuses this cannot be used at all.
  mutating func begin<Method: Detector>(
    _ detector: Method, on socket: ScriptedSocket = .healthy,
    descriptor: CInt = ScriptedSocket.descriptor, pinger: (any Pinger)?, clock: VirtualClock = VirtualClock()
  ) -> DetectorRun<Method>? {
    do throws(DetectorRunError) {
      return try DetectorRun(detector, on: socket, descriptor: descriptor, pinger: pinger, clock: clock)
    } catch {
      fail("it does not begin on a healthy connection: \(error)")
      return nil
    }
  }
}

extension ScriptedSocket {
  /// A scripted socket of a healthy connection.
  static var healthy: ScriptedSocket { ScriptedSocket(ScriptedWorld.healthy.info(.zero)) }
}
