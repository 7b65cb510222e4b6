import FlatlineCHeader
import FlatlineCore

/// The functions of a detector in C, and its context.
///
/// `@unchecked Sendable` holds because the context is only ever handed back to the detector, whose functions may be
/// called on any thread: `flatline_plugin.h` says so.
struct PluginFunctions: @unchecked Sendable {
  typealias FillNeeds =
    @convention(c) (UnsafePointer<flatline_value>?, UnsafeMutablePointer<flatline_needs>?) -> Void
  typealias Begin =
    @convention(c) (UnsafePointer<flatline_look>?, UnsafePointer<flatline_value>?, UnsafeMutableRawPointer?)
    -> Int32
  typealias Examine =
    @convention(c) (
      UnsafePointer<flatline_look>?, UnsafePointer<flatline_value>?, UnsafeMutableRawPointer?,
      UnsafeMutablePointer<flatline_opinion>?
    ) -> Void

  private let fillNeeds: FillNeeds
  private let begin: Begin?
  private let examine: Examine
  private let context: UnsafeMutableRawPointer?

  /// - Throws: ``PluginError`` for a function that is missing.
  init(_ detector: flatline_detector, at place: String) throws(PluginError) {
    guard let fillNeeds = detector.needs else {
      throw PluginError(at: "\(place).needs", found: "NULL", allowed: "a function")
    }
    guard let examine = detector.examine else {
      throw PluginError(at: "\(place).examine", found: "NULL", allowed: "a function")
    }
    self.fillNeeds = fillNeeds
    begin = detector.begin
    self.examine = examine
    context = detector.context
  }

  func needs(_ settings: [flatline_value], _ needs: inout flatline_needs) {
    settings.withUnsafeBufferPointer { fillNeeds($0.baseAddress, &needs) }
  }

  func begin(_ look: borrowing Look, _ settings: [flatline_value], _ state: UnsafeMutableRawPointer) -> Bool {
    guard let begin else { return true }
    return flatline_look.with(look, context: context) { look in
      settings.withUnsafeBufferPointer { begin(look, $0.baseAddress, state) != 0 }
    }
  }

  func examine(
    _ look: borrowing Look, _ settings: [flatline_value], _ state: UnsafeMutableRawPointer
  ) -> flatline_opinion {
    var opinion = flatline_opinion()
    opinion.size = UInt32(MemoryLayout<flatline_opinion>.size)
    opinion.time_ns = look.now.nanoseconds
    flatline_look.with(look, context: context) { look in
      settings.withUnsafeBufferPointer { examine(look, $0.baseAddress, state, &opinion) }
    }
    return opinion
  }
}
