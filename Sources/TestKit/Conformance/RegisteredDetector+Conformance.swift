public import FlatlineCore

extension RegisteredDetector {
  /// Tries one rule on a detector that is known by its registry only, such as a plug-in.
  ///
  /// - Parameters:
  ///   - rule: which rule.
  ///   - settings: settings as a policy would give them; others have their defaults.
  ///   - worlds: worlds of your own, beside those of the kit.
  ///   - length: how long a watch of one world lasts; unless given, 30 s.
  /// - Returns: whether it is kept or broken, or that the trial could not tell.
  /// - Throws: what ``DetectorConformance/verdict(of:)`` throws.
  public func verdict(
    of rule: ConformanceRule, settings: [String: SettingValue] = [:], worlds: [ScriptedWorld] = [],
    length: Duration = .seconds(30)
  ) throws -> RuleVerdict {
    func verdict<Method: Detector>(_ sample: Method) throws -> RuleVerdict {
      let make = { () throws(PolicyError) -> Method in
        // Every detector that one registered name makes is of one type.
        try self.makeDetector(settings) as? Method ?? sample
      }
      let conformance = DetectorConformance<Method>(
        name: name, worlds: worlds, length: length, stirring: { _ in }, make: make)
      return try conformance.verdict(of: rule)
    }
    return try verdict(makeDetector(settings))
  }
}
