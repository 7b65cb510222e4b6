import FlatlineCHeader
import FlatlineCore

extension Needs {
  /// The needs that a detector in C has with these settings.
  ///
  /// - Throws: `PolicyError` for settings that the detector refuses, and for needs that Flatline does not know.
  init(_ name: DetectorName, _ functions: PluginFunctions, _ values: [flatline_value]) throws(PolicyError) {
    var raw = flatline_needs()
    raw.size = UInt32(MemoryLayout<flatline_needs>.size)
    raw.readings = UInt32(FLATLINE_READ_TCP_INFO)
    raw.first_look_ns = -1
    functions.needs(values, &raw)
    func wrong(_ member: String, _ found: String, _ allowed: String) -> PolicyError {
      PolicyError(at: "detectors.\(name).needs.\(member)", found: found, allowed: allowed)
    }
    guard let refusal = CText.text(in: raw.refusal) else {
      throw wrong("refusal", "other bytes", "a text of UTF-8 on one line, ended by a NUL")
    }
    guard refusal.isEmpty else {
      throw PolicyError(
        at: "detectors.\(name)", found: PolicyError.plain(refusal), allowed: "settings that go together")
    }
    guard raw.readings & ~UInt32(FLATLINE_READ_TCP_INFO | FLATLINE_READ_UNREAD) == 0 else {
      throw wrong("readings", "\(raw.readings)", "a sum of FLATLINE_READ_...")
    }
    let others = UInt32(FLATLINE_NEEDS_RECEPTIONS | FLATLINE_NEEDS_DESCRIPTOR | FLATLINE_NEEDS_PINGER)
    guard raw.others & ~others == 0 else {
      throw wrong("others", "\(raw.others)", "a sum of FLATLINE_NEEDS_...")
    }
    guard raw.first_look_ns >= -1 else {
      throw wrong("first_look_ns", "\(raw.first_look_ns)", "nanoseconds, or -1 for one period")
    }
    guard raw.option_count <= FLATLINE_MOST_OPTIONS else {
      throw wrong("option_count", "\(raw.option_count)", "at most \(FLATLINE_MOST_OPTIONS)")
    }
    var options: [HeldOption] = []
    let held = withUnsafeBytes(of: raw.options) {
      Array($0.bindMemory(to: flatline_held_option.self).prefix(Int(raw.option_count)))
    }
    for (index, option) in held.enumerated() {
      guard let option = HeldOption(option) else {
        throw wrong("options[\(index)].condition", "\(option.condition)", "FLATLINE_ALWAYS, ..., 0 to 2")
      }
      guard !options.contains(where: { $0.option == option.option }) else {
        throw wrong("options[\(index)]", "\(option.option) twice", "each option once")
      }
      options.append(option)
    }
    var readings: Needs.Readings = []
    if raw.readings & UInt32(FLATLINE_READ_TCP_INFO) != 0 { readings.insert(.tcpInfo) }
    if raw.readings & UInt32(FLATLINE_READ_UNREAD) != 0 { readings.insert(.unreadBytes) }
    self.init(
      readiness: Readiness(rawValue: raw.readiness),
      period: raw.period_ns == 0 ? nil : .nanoseconds(Int64(clamping: raw.period_ns)),
      firstLook: raw.first_look_ns < 0 ? nil : .nanoseconds(raw.first_look_ns),
      leeway: .nanoseconds(Int64(clamping: raw.leeway_ns)), readings: readings, options: options,
      receptions: raw.others & UInt32(FLATLINE_NEEDS_RECEPTIONS) != 0,
      descriptor: raw.others & UInt32(FLATLINE_NEEDS_DESCRIPTOR) != 0,
      pinger: raw.others & UInt32(FLATLINE_NEEDS_PINGER) != 0)
  }
}

extension HeldOption {
  /// `nil` for a condition that is not in the header.
  fileprivate init?(_ raw: flatline_held_option) {
    let condition: Condition
    switch Int(raw.condition) {
    case FLATLINE_ALWAYS: condition = .always
    case FLATLINE_IF_LARGER: condition = .ifLarger
    case FLATLINE_IF_ZERO_WITH:
      condition = .ifZero(with: SocketOption(level: raw.with_level, name: raw.with_name))
    default: return nil
    }
    self.init(
      SocketOption(level: raw.level, name: raw.name), raw.value, if: condition,
      isRequired: raw.is_required != 0)
  }
}
