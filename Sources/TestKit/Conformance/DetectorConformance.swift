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
/// description lists the violations; ``violations(of:)`` returns them as values. ``verdict(of:)`` tells a rule that was
/// kept from one whose case never came.
///
/// Most rules run on scripted sockets under a virtual clock, the others on loopback connections that they make; no
/// privilege is needed. Each rule that plays scripted worlds plays yours too:
///
///     DetectorConformance(MyDetector.self, worlds: [myWorld])
///
/// A detector that traps ends the test's process: that is its failure. The last line on standard error then names the
/// rule and the world.
public struct DetectorConformance<Method: Detector> {
  /// Each run has a detector of its own.
  let make: () throws(PolicyError) -> Method
  /// The detector's name in stories.
  let name: DetectorName
  /// The kit's worlds and the author's own.
  let worlds: [ScriptedWorld]
  /// The author's own.
  let ownWorlds: [ScriptedWorld]
  /// The duration of a run in one world.
  let length: Duration
  /// Makes the descriptor of a source ready to read.
  let stir: (any NewsSource) -> Void

  /// - Parameters:
  ///   - type: the detector.
  ///   - settings: settings as a policy would give them; others have their defaults.
  ///   - worlds: worlds of your own, beside those of the kit. Their moments count from the beginning of a watch.
  ///   - length: how long a watch of one world lasts; unless given, 30 s. More for a detector that is patient.
  ///   - stir: makes the descriptor of the detector's shared source ready to read, so that it can be tried whether the
  ///     source reads what came.
  public init(
    _ type: Method.Type, settings: [String: SettingValue] = [:], worlds: [ScriptedWorld] = [],
    length: Duration = .seconds(30), stirring stir: @escaping (any NewsSource) -> Void = { _ in }
  ) {
    self.init(name: type.name, worlds: worlds, length: length, stirring: stir) {
      () throws(PolicyError) -> Method in
      try type.init(settings: DetectorSettings(settings, for: type.name, described: type.settings))
    }
  }

  /// - Parameters:
  ///   - worlds: worlds of your own, beside those of the kit. Their moments count from the beginning of a watch.
  ///   - length: how long a watch of one world lasts; unless given, 30 s. More for a detector that is patient.
  ///   - stir: makes the descriptor of the detector's shared source ready to read, so that it can be tried whether the
  ///     source reads what came.
  ///   - make: makes the detector, for one that needs more than settings. Called for each run.
  public init(
    worlds: [ScriptedWorld] = [], length: Duration = .seconds(30),
    stirring stir: @escaping (any NewsSource) -> Void = { _ in }, making make: @escaping () -> Method
  ) {
    self.init(name: Method.name, worlds: worlds, length: length, stirring: stir) {
      () throws(PolicyError) -> Method in make()
    }
  }

  init(
    name: DetectorName, worlds: [ScriptedWorld], length: Duration,
    stirring stir: @escaping (any NewsSource) -> Void, make: @escaping () throws(PolicyError) -> Method
  ) {
    self.name = name
    self.make = make
    self.worlds = Runs.worlds(until: length) + worlds
    self.length = length
    self.stir = stir
    ownWorlds = worlds
  }

  /// Tries one rule.
  ///
  /// - Parameter rule: which rule.
  /// - Returns: whether it is kept or broken, or that the trial could not tell.
  /// - Throws: `PolicyError` if the detector refuses its settings; ``LoopbackError`` if there is no loopback for the
  ///   trial.
  public func verdict(of rule: ConformanceRule) throws -> RuleVerdict {
    var trial = Trial(rule: rule.rawValue, subject: name.rawValue)
    defer { Trial.leave() }
    let pingers = Self.pingers(try make())
    if pingers.isEmpty { trial.fail("it has an opinion on no connection, with a pinger or without") }
    for (index, pinger) in pingers.enumerated() {
      try run(rule, pinger, isLast: index == pingers.count - 1, &trial)
    }
    return trial.verdict
  }

  private func run(
    _ rule: ConformanceRule, _ pinger: (any Pinger)?, isLast: Bool, _ trial: inout Trial
  ) throws {
    switch rule {
    case .neverBlocks: try neverBlocks(pinger, &trial)
    case .silentAfterTheEnd: try silentAfterTheEnd(pinger, &trial)
    case .setsDeclaredOptions: try setsDeclaredOptions(pinger, &trial)
    case .leavesBytes: try leavesBytes(pinger, &trial)
    case .leavesPendingError: try leavesPendingError(pinger, &trial)
    case .blamesNobodyForOurStall: try blamesNobodyForOurStall(pinger, &trial)
    case .tellsTimeForward: try tellsTimeForward(pinger, &trial)
    case .examinesAsAFunction: try examinesAsAFunction(pinger, &trial)
    case .readsNoClock: try readsNoClock(pinger, waits: isLast, &trial)
    case .survivesMissingReadings: try survivesMissingReadings(pinger, &trial)
    case .survivesTCPState: try survivesTCPState(pinger, &trial)
    case .concludesOnlyEnds: try concludesOnlyEnds(pinger, &trial)
    case .survivesRecycledDescriptor: try survivesRecycledDescriptor(pinger, &trial)
    case .closesWhatItOpens: try closesWhatItOpens(pinger, &trial)
    case .movesDeadlinesOn: try movesDeadlinesOn(pinger, &trial)
    case .repeatsNothing: try repeatsNothing(pinger, &trial)
    case .attachesInAnyOrder: try attachesInAnyOrder(&trial)
    case .drainsItsSource: try drainsItsSource(&trial)
    case .movesItsSourceOn: try movesItsSourceOn(&trial)
    }
  }

  /// The violations of one rule: empty if nothing broke it.
  ///
  /// - Parameter rule: which rule.
  /// - Returns: at most eight violations; more would not help.
  /// - Throws: what ``verdict(of:)`` throws.
  public func violations(of rule: ConformanceRule) throws -> [Violation] {
    guard case .broken(let stories) = try verdict(of: rule) else { return [] }
    return stories.map { Violation(rule: rule, detector: name, story: $0) }
  }

  /// Checks the detector. A rule whose case never came is not an error.
  ///
  /// - Parameter rule: which rule; all of them unless given. A detector that blocks is not tried further.
  /// - Throws: ``ConformanceError`` if it breaks any, and what ``verdict(of:)`` throws.
  public func check(_ rule: ConformanceRule? = nil) throws {
    var violations: [Violation] = []
    for rule in rule.map({ [$0] }) ?? ConformanceRule.allCases {
      violations += try self.violations(of: rule)
      if rule == .neverBlocks, !violations.isEmpty { break }
    }
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
