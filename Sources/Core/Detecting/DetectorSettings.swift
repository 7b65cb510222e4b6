/// A detector's settings from a policy, checked: every key is known and every value is in its range. A key
/// that the policy leaves out has its default.
public struct DetectorSettings: Sendable, Hashable {
  /// The detector's name in the policy.
  public let detector: DetectorName
  private let values: [String: SettingValue]

  /// - Throws: ``PolicyError`` naming the key, what was found and what is allowed.
  public init(
    _ values: [String: SettingValue], for detector: DetectorName, described settings: [SettingDescription]
  ) throws(PolicyError) {
    var complete = try DetectorSettings.defaults(settings, of: detector)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      let place = DetectorSettings.place(of: key, detector)
      guard let setting = settings.first(where: { $0.key == key }) else {
        throw PolicyError.unknown(
          "setting", key, at: DetectorSettings.place(detector), among: settings.map(\.key))
      }
      guard setting.accepts(value) else {
        throw PolicyError(at: place, found: value.found, allowed: setting.allowed)
      }
      complete[key] = value
    }
    self.detector = detector
    self.values = complete
  }

  /// The place of a setting in the policy, for an error: `detectors.fast.period`.
  public func place(of key: String) -> String { DetectorSettings.place(of: key, detector) }

  private static func place(of key: String, _ detector: DetectorName) -> String {
    "\(place(detector)).\(PolicyError.plain(key))"
  }

  private static func place(_ detector: DetectorName) -> String {
    "detectors.\(PolicyError.plain(detector.rawValue))"
  }

  /// The defaults of a detector.
  ///
  /// - Throws: ``PolicyError`` if it describes a setting twice, or a default that the setting does not allow.
  public static func standard(of type: any Detector.Type) throws(PolicyError) -> DetectorSettings {
    DetectorSettings(checked: try defaults(type.settings, of: type.name), of: type.name)
  }

  private static func defaults(
    _ settings: [SettingDescription], of detector: DetectorName
  ) throws(PolicyError) -> [String: SettingValue] {
    var defaults: [String: SettingValue] = [:]
    for setting in settings {
      let place = place(of: setting.key, detector)
      guard setting.key != DetectorUse.methodKey else {
        throw PolicyError(
          at: place, found: "a detector that describes a setting of this name",
          allowed: "another name: this one is of the method")
      }
      guard defaults.updateValue(setting.standard, forKey: setting.key) == nil else {
        throw PolicyError(
          at: place, found: "a detector that describes the setting twice",
          allowed: "one description a setting")
      }
      guard setting.accepts(setting.standard) else {
        throw PolicyError(
          at: place, found: "a detector whose default is \(setting.standard.found)", allowed: setting.allowed)
      }
    }
    return defaults
  }

  private init(checked values: [String: SettingValue], of detector: DetectorName) {
    self.detector = detector
    self.values = values
  }

  /// The value of a setting that is a duration. Throws if the detector has described no such setting.
  public func duration(_ key: String) throws(PolicyError) -> Duration {
    guard case .text(let text) = values[key], let duration = DurationText.duration(text) else {
      throw undescribed(key, "a duration")
    }
    return duration
  }

  /// The value of a setting that is a whole number. Throws if the detector has described no such setting.
  public func integer(_ key: String) throws(PolicyError) -> Int {
    guard case .number(let number) = values[key], let integer = Int(exactly: number) else {
      throw undescribed(key, "a whole number")
    }
    return integer
  }

  /// The value of a setting that is a number. Throws if the detector has described no such setting.
  public func number(_ key: String) throws(PolicyError) -> Double {
    guard case .number(let number) = values[key] else { throw undescribed(key, "a number") }
    return number
  }

  /// The value of a setting that is true or false. Throws if the detector has described no such setting.
  public func flag(_ key: String) throws(PolicyError) -> Bool {
    guard case .flag(let flag) = values[key] else { throw undescribed(key, "true or false") }
    return flag
  }

  /// The value of a setting that is one of several texts. Throws if the detector has described no such setting.
  public func text(_ key: String) throws(PolicyError) -> String {
    guard case .text(let text) = values[key] else { throw undescribed(key, "a text") }
    return text
  }

  /// The detector asked for a key, or a kind, that its own description does not have.
  private func undescribed(_ key: String, _ kind: String) -> PolicyError {
    PolicyError(
      at: key, found: values[key]?.description ?? "nothing", allowed: "\(kind), as the detector describes it")
  }
}
