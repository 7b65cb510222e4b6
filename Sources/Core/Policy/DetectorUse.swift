/// A detector in a policy: its name there, its method, and the settings that differ from its defaults.
///
/// A policy may use one method twice, under two names:
///
///     DetectorUse("tcp-info", named: "fast", ["activePeriod": .duration(.milliseconds(5))])
///     DetectorUse.tcpInfo(deadAfter: .seconds(10)).named("slow")
public struct DetectorUse: Hashable, Sendable {
  /// The name in the policy: rules, ballots and reports have it.
  public let name: DetectorName
  /// The registered detector; the same as the name unless the policy gives a name of its own.
  public let method: DetectorName
  /// Settings that differ from its defaults.
  public let settings: [String: SettingValue]

  /// A detector under its own name, or under another one.
  ///
  /// - Parameters:
  ///   - method: the registered detector.
  ///   - name: the name in the policy; the detector's own unless given.
  ///   - settings: those that differ from its defaults.
  public init(
    _ method: DetectorName, named name: DetectorName? = nil, _ settings: [String: SettingValue] = [:]
  ) {
    self.name = name ?? method
    self.method = method
    self.settings = settings
  }

  /// The same detector with the same settings, under another name.
  public func named(_ name: DetectorName) -> DetectorUse { DetectorUse(method, named: name, settings) }

  /// The key that names the method in a policy file. No setting may have it.
  package static let methodKey = "detector"
}

extension Policy {
  /// The method of a detector of the policy, by its name there; the name itself for any other.
  package func method(of name: DetectorName) -> DetectorName {
    detectors.first { $0.name == name }?.method ?? name
  }

  /// Whether the policy uses a method, under any name.
  package func uses(_ method: DetectorName) -> Bool { detectors.contains { $0.method == method } }
}
