/// A detector as a registry holds it: its name, its settings, and a way to make it from settings.
///
/// A type that conforms to ``Detector`` is one. Another one's name and settings may be known only when the program
/// runs, such as those of a plug-in.
public struct RegisteredDetector: Sendable {
  /// The name that policies use.
  public let name: DetectorName
  private let described: @Sendable () -> [SettingDescription]
  private let make: @Sendable (DetectorSettings) throws(PolicyError) -> any Detector

  /// A detector whose name and settings are values.
  ///
  /// - Parameters:
  ///   - name: the name that policies use.
  ///   - settings: the settings a policy may give.
  ///   - make: makes the detector from a policy's settings, already checked against `settings`.
  public init(
    name: DetectorName, settings: [SettingDescription],
    make: @escaping @Sendable (DetectorSettings) throws(PolicyError) -> any Detector
  ) {
    self.name = name
    described = { settings }
    self.make = make
  }

  /// A detector by its type.
  public init(_ type: any Detector.Type) {
    name = type.name
    described = { type.settings }
    make = { settings throws(PolicyError) in try type.init(settings: settings) }
  }

  /// A detector that is made already. It takes no settings.
  public init<Method: Detector>(_ detector: Method) {
    self.init(name: Method.name, settings: []) { _ in detector }
  }

  /// The settings a policy may give, with units, ranges and defaults.
  public var settings: [SettingDescription] { described() }

  /// Makes the detector from settings as a policy gives them. Others have their defaults.
  ///
  /// - Parameters:
  ///   - settings: those that differ from the defaults.
  ///   - name: the detector's name in the policy, for errors; its own unless given.
  /// - Throws: ``PolicyError`` naming the key, what was found and what is allowed; and the detector's own.
  public func makeDetector(
    _ settings: [String: SettingValue] = [:], named name: DetectorName? = nil
  ) throws(PolicyError) -> any Detector {
    try make(DetectorSettings(settings, for: name ?? self.name, described: self.settings))
  }
}
