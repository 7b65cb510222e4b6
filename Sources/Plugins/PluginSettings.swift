import FlatlineCHeader
import FlatlineCore

/// The settings of a detector in C: as Flatline describes them, and as the detector gets them.
struct PluginSettings: Sendable {
  /// One setting that was read and checked.
  private struct Setting: Sendable {
    let description: SettingDescription
    let choices: [String]
  }

  private let settings: [Setting]

  var descriptions: [SettingDescription] { settings.map(\.description) }

  /// - Parameters:
  ///   - detector: the description of the detector.
  ///   - place: its place.
  init(_ detector: flatline_detector, at place: String) throws(PluginError) {
    let count = Int(detector.setting_count)
    let stride = Int(detector.setting_size)
    let known = MemoryLayout<flatline_setting>.size
    guard count <= FLATLINE_MOST_SETTINGS else {
      throw PluginError(
        at: "\(place).setting_count", found: "\(count)", allowed: "at most \(FLATLINE_MOST_SETTINGS)")
    }
    guard count == 0 || (stride >= known && stride <= 4096 && stride.isMultiple(of: 8)) else {
      throw PluginError(
        at: "\(place).setting_size", found: "\(stride)",
        allowed: "sizeof(flatline_setting), which is \(known)")
    }
    guard let first = detector.settings.map(UnsafeRawPointer.init) else {
      guard count == 0 else {
        throw PluginError(at: "\(place).settings", found: "NULL", allowed: "\(count) settings")
      }
      settings = []
      return
    }
    var settings: [Setting] = []
    for index in 0..<count {
      let raw = (first + index * stride).load(as: flatline_setting.self)
      let setting = try PluginSettings.setting(raw, at: "\(place).settings", index)
      let key = setting.description.key
      guard !settings.contains(where: { $0.description.key == key }) else {
        throw PluginError(
          at: "\(place).settings.\(key)", found: "the setting twice", allowed: "one description a setting")
      }
      settings.append(setting)
    }
    self.settings = settings
  }

  private static func setting(
    _ raw: flatline_setting, at place: String, _ index: Int
  ) throws(PluginError) -> Setting {
    let key = try CText.text(raw.key, at: "\(place)[\(index)].key", most: 64)
    let place = "\(place).\(key)"
    let summary = try CText.text(raw.summary, at: "\(place).summary", most: 400)
    var choices: [String] = []
    let description: SettingDescription
    switch Int(raw.kind) {
    case FLATLINE_DURATION:
      description = .duration(
        key, .nanoseconds(raw.standard.integer),
        in: .nanoseconds(raw.least.integer)
          ... .nanoseconds(try upper(raw.least.integer, raw.most.integer, at: place)), summary)
    case FLATLINE_INTEGER:
      let most = try upper(raw.least.integer, raw.most.integer, at: place)
      description = .integer(
        key, Int(raw.standard.integer), in: Int(raw.least.integer)...Int(most), summary)
    case FLATLINE_NUMBER:
      let most = try upper(raw.least.number, raw.most.number, at: place)
      description = .number(key, raw.standard.number, in: raw.least.number...most, summary)
    case FLATLINE_FLAG:
      guard (0...1).contains(raw.standard.integer) else {
        throw PluginError(at: "\(place).standard", found: "\(raw.standard.integer)", allowed: "0 or 1")
      }
      description = .flag(key, raw.standard.integer == 1, summary)
    case FLATLINE_CHOICE:
      choices = try CText.text(raw.choices, at: "\(place).choices", most: 1000).split(
        separator: "|", omittingEmptySubsequences: false
      ).map(String.init)
      guard Set(choices).count == choices.count, !choices.contains("") else {
        throw PluginError(
          at: "\(place).choices", found: "an empty text or one twice",
          allowed: "different texts, joined by \"|\"")
      }
      guard choices.indices.contains(Int(raw.standard.integer)) else {
        throw PluginError(
          at: "\(place).standard", found: "\(raw.standard.integer)",
          allowed: "the index of a choice, 0 to \(choices.count - 1)")
      }
      description = .choice(key, choices[Int(raw.standard.integer)], of: choices, summary)
    default:
      throw PluginError(
        at: "\(place).kind", found: "\(raw.kind)",
        allowed: "FLATLINE_DURATION to FLATLINE_CHOICE, \(FLATLINE_DURATION) to \(FLATLINE_CHOICE)")
    }
    guard description.accepts(description.standard) else {
      throw PluginError(
        at: "\(place).standard", found: "a default of \(description.standard)", allowed: description.allowed)
    }
    return Setting(description: description, choices: choices)
  }

  private static func upper<Bound: Comparable>(
    _ least: Bound, _ most: Bound, at place: String
  ) throws(PluginError) -> Bound {
    guard least <= most else {
      throw PluginError(at: place, found: "a range from \(least) to \(most)", allowed: "least <= most")
    }
    return most
  }

  /// The values of a policy, in the order of the descriptions.
  func values(_ given: DetectorSettings) throws(PolicyError) -> [flatline_value] {
    var values: [flatline_value] = []
    for setting in settings {
      let key = setting.description.key
      var value = flatline_value()
      switch setting.description.kind {
      case .duration: value.integer = try given.duration(key).clampedNanoseconds
      case .integer: value.integer = Int64(try given.integer(key))
      case .number: value.number = try given.number(key)
      case .flag: value.integer = try given.flag(key) ? 1 : 0
      case .choice:
        let text = try given.text(key)
        value.integer = Int64(setting.choices.firstIndex(of: text) ?? 0)
      // No setting in C is of this kind.
      case .text: break
      }
      values.append(value)
    }
    return values
  }
}
