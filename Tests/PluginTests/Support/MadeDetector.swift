import FlatlineCHeader
import FlatlineCore

@testable import FlatlinePlugins

/// What a test sets for a detector in C, and what the detector saw.
final class Strings {
  var opinion = flatline_opinion()
  var begins = true
  var look = flatline_look()
  var tcpInfo: flatline_tcp_info?
  var options: [flatline_option] = []
  var changed: [flatline_option] = []
  var settings: [flatline_value] = []
  var needs = flatline_needs()
}

/// A detector described in C's structures by a test, good until the test changes something.
struct MadeDetector {
  let strings = Strings()
  var raw = flatline_detector()
  var settings: [flatline_setting] = []

  init() {
    raw.size = UInt32(MemoryLayout<flatline_detector>.size)
    raw.setting_size = UInt32(MemoryLayout<flatline_setting>.size)
    raw.name = MadeDetector.text("made")
    raw.context = Unmanaged.passRetained(strings).toOpaque()
    raw.needs = { settings, needs in
      needs?.pointee.period_ns = 1_000_000_000
    }
    raw.begin = { look, _, _ in
      guard let look, let strings = MadeDetector.strings(look.pointee) else { return 1 }
      strings.see(look.pointee)
      return strings.begins ? 1 : 0
    }
    raw.examine = { look, settings, state, opinion in
      guard let look, let strings = MadeDetector.strings(look.pointee), let opinion else { return }
      strings.see(look.pointee)
      if let settings { strings.settings = Array(UnsafeBufferPointer(start: settings, count: 1)) }
      var answer = strings.opinion
      answer.size = opinion.pointee.size
      if answer.time_ns == 0 { answer.time_ns = opinion.pointee.time_ns }
      opinion.pointee = answer
    }
  }

  private static func strings(_ look: flatline_look) -> Strings? {
    look.context.map { Unmanaged<Strings>.fromOpaque($0).takeUnretainedValue() }
  }

  /// A text that lives as long as the process.
  static func text(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// A setting of some kind with a range of one to nine.
  static func setting(
    _ key: StaticString, _ kind: Int, standard: Int64 = 3, choices: StaticString? = nil
  ) -> flatline_setting {
    var setting = flatline_setting()
    setting.key = text(key)
    setting.summary = text("One sentence.")
    setting.kind = Int32(kind)
    setting.standard = flatline_value(integer: standard, number: Double(standard))
    setting.least = flatline_value(integer: 1, number: 1)
    setting.most = flatline_value(integer: 9, number: 9)
    setting.choices = choices.map(text)
    return setting
  }

  /// The detector as a registry holds it.
  func registered() throws(PluginError) -> RegisteredDetector {
    var raw = raw
    if !settings.isEmpty {
      let memory = UnsafeMutablePointer<flatline_setting>.allocate(capacity: settings.count)
      memory.initialize(from: settings, count: settings.count)
      raw.settings = UnsafePointer(memory)
      raw.setting_count = UInt32(settings.count)
    }
    return try RegisteredDetector(&raw, at: "detectors[0]")
  }
}

extension Strings {
  fileprivate func see(_ look: flatline_look) {
    self.look = look
    tcpInfo = look.tcp_info?.pointee
    options = Array(UnsafeBufferPointer(start: look.options, count: Int(look.option_count)))
    changed = Array(UnsafeBufferPointer(start: look.changed, count: Int(look.changed_count)))
  }
}
