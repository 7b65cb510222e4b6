public import FlatlineCore

/// Checks a detector against the rules that every detector must keep.
///
/// In Swift Testing, one test for each rule:
///
///     @Test(arguments: ConformanceRule.allCases)
///     func conforms(rule: ConformanceRule) throws {
///       try DetectorConformance(MyDetector.self).check(rule)
///     }
///
/// or, in any framework, all of them at once: `try DetectorConformance(MyDetector.self).check()`. The error's
/// description lists the violations; ``violations(of:)`` returns them as values.
///
/// Most rules run on scripted sockets under a virtual clock, the others on loopback connections that they make; no
/// privilege is needed. A detector that traps ends the test's process: that is its failure.
public struct DetectorConformance<Method: Detector> {
  /// Each run has a detector of its own.
  let make: () throws(PolicyError) -> Method

  /// - Parameters:
  ///   - type: the detector.
  ///   - settings: settings as a policy would give them; others have their defaults.
  public init(_ type: Method.Type, settings: [String: SettingValue] = [:]) {
    make = { () throws(PolicyError) in
      try type.init(settings: DetectorSettings(settings, for: type.name, described: type.settings))
    }
  }

  /// - Parameter make: makes the detector, for one that needs more than settings. Called for each run.
  public init(making make: @escaping () -> Method) {
    self.make = { () throws(PolicyError) in make() }
  }

  /// The violations of one rule: empty if it is kept.
  ///
  /// - Parameter rule: which rule.
  /// - Returns: at most eight violations; more would not help.
  /// - Throws: `PolicyError` if the detector refuses its settings; ``LoopbackError`` if there is no loopback for the
  ///   trial.
  public func violations(of rule: ConformanceRule) throws -> [Violation] {
    var trial = Trial(rule: rule, detector: Method.name)
    let pingers = Self.pingers(try make())
    if pingers.isEmpty { trial.fail("it has an opinion on no connection, with a pinger or without") }
    for pinger in pingers {
      switch rule {
      case .silentAfterTheEnd: try silentAfterTheEnd(pinger, &trial)
      case .setsDeclaredOptions: try setsDeclaredOptions(pinger, &trial)
      case .leavesBytes: try leavesBytes(pinger, &trial)
      case .leavesPendingError: try leavesPendingError(pinger, &trial)
      case .blamesNobodyForOurStall: try blamesNobodyForOurStall(pinger, &trial)
      case .tellsTimeForward: try tellsTimeForward(pinger, &trial)
      case .examinesAsAFunction: try examinesAsAFunction(pinger, &trial)
      case .survivesMissingReadings: try survivesMissingReadings(pinger, &trial)
      case .survivesTCPState: try survivesTCPState(pinger, &trial)
      case .survivesRecycledDescriptor: try survivesRecycledDescriptor(pinger, &trial)
      case .closesWhatItOpens: try closesWhatItOpens(pinger, &trial)
      case .movesDeadlinesOn: try movesDeadlinesOn(pinger, &trial)
      case .repeatsNothing: try repeatsNothing(pinger, &trial)
      }
    }
    return trial.violations
  }

  /// Checks the detector.
  ///
  /// - Parameter rule: which rule; all of them unless given.
  /// - Throws: ``ConformanceError`` if it breaks any, and what ``violations(of:)`` throws.
  public func check(_ rule: ConformanceRule? = nil) throws {
    let rules = rule.map { [$0] } ?? ConformanceRule.allCases
    let violations = try rules.flatMap { try self.violations(of: $0) }
    if !violations.isEmpty { throw ConformanceError(violations: violations) }
  }

  /// The streams of the trial: one that cannot be pinged and one that can, as far as the detector has an opinion on
  /// them.
  private static func pingers(_ detector: Method) -> [(any Pinger)?] {
    let all: [(any Pinger)?] = [nil, AppPinger { .sent }]
    return all.filter { pinger in
      do throws(DetectorRunError) {
        _ = try DetectorRun(detector, on: .healthy, pinger: pinger)
        return true
      } catch {
        return error != .abstains
      }
    }
  }
}

/// The findings of a rule so far.
struct Trial {
  let rule: ConformanceRule
  let detector: DetectorName
  private(set) var violations: [Violation] = []

  private static let most = 8

  var isOver: Bool { violations.count >= Self.most }

  init(rule: ConformanceRule, detector: DetectorName) {
    self.rule = rule
    self.detector = detector
  }

  mutating func fail(_ story: String) {
    let violation = Violation(rule: rule, detector: detector, story: story)
    if !isOver, !violations.contains(violation) { violations.append(violation) }
  }

  mutating func require(_ condition: Bool, _ story: @autoclosure () -> String) {
    if !condition { fail(story()) }
  }

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
