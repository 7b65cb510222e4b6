package import FlatlineCHeader
package import FlatlineCore

/// The state of a detector in C: that many words of plain memory, aligned to 8 bytes.
struct PluginState<let words: Int>: BitwiseCopyable, Sendable {
  var memory = InlineArray<words, UInt64>(repeating: 0)
  /// Whether a wrong opinion was reported.
  var hasErred = false
}

/// A detector in C whose state fits that many words.
struct PluginDetector<let words: Int>: Detector {
  static var name: DetectorName { "plug-in" }

  let needs: Needs
  private let functions: PluginFunctions
  private let settings: [flatline_value]

  /// Never called: a ``RegisteredDetector`` makes it.
  init(settings: DetectorSettings) throws(PolicyError) {
    throw PolicyError(
      at: "detectors", found: "a plug-in without its functions", allowed: "a registered detector")
  }

  init(needs: Needs, functions: PluginFunctions, settings: [flatline_value]) {
    self.needs = needs
    self.functions = functions
    self.settings = settings
  }

  func begin(_ look: borrowing Look) -> PluginState<words>? {
    var state = PluginState<words>()
    var isWanted = false
    withUnsafeMutableBytes(of: &state.memory) { bytes in
      guard let address = bytes.baseAddress else { return }
      isWanted = functions.begin(look, settings, address)
    }
    return isWanted ? state : nil
  }

  func examine(_ look: borrowing Look, _ state: inout PluginState<words>) -> Opinion {
    let opinion = withUnsafeMutableBytes(of: &state.memory) { bytes in
      bytes.baseAddress.map { functions.examine(look, settings, $0) }
    }
    guard let opinion else { return .unchanged }
    do throws(WrongValue) {
      return try opinion.checked(look, needs)
    } catch {
      // What was wrong is said once a connection.
      defer { state.hasErred = true }
      let notes: [Fact] = state.hasErred ? [] : [.text("plugin_error", error.description)]
      return Opinion(Evidence(.abstaining, layer: .connection, at: look.now, notes: notes))
    }
  }
}

extension RegisteredDetector {
  /// A detector that is described in C.
  ///
  /// - Parameters:
  ///   - detector: its description. What it points to must live as long as the detector is used.
  ///   - place: its place, for the error.
  /// - Throws: ``PluginError`` for the first thing that is wrong.
  package init(_ detector: UnsafePointer<flatline_detector>?, at place: String) throws(PluginError) {
    let raw = try CStructure.copy(
      detector, into: flatline_detector(), least: MemoryLayout<flatline_detector>.size,
      name: "flatline_detector", at: place)
    let name = try CText.name(raw.name, at: "\(place).name")
    let place = "detectors.\(name)"
    guard raw.state_size <= FLATLINE_MOST_STATE else {
      throw PluginError(
        at: "\(place).state_size", found: "\(raw.state_size)", allowed: "at most \(FLATLINE_MOST_STATE) bytes"
      )
    }
    let functions = try PluginFunctions(raw, at: place)
    let settings = try PluginSettings(raw, at: place)
    let size = Int(raw.state_size)
    self.init(name: DetectorName(rawValue: name), settings: settings.descriptions) {
      given throws(PolicyError) in
      let values = try settings.values(given)
      let needs = try Needs(DetectorName(rawValue: name), functions, values)
      // The smallest state that is large enough.
      return switch size {
      case ...8: PluginDetector<1>(needs: needs, functions: functions, settings: values)
      case ...32: PluginDetector<4>(needs: needs, functions: functions, settings: values)
      case ...128: PluginDetector<16>(needs: needs, functions: functions, settings: values)
      case ...512: PluginDetector<64>(needs: needs, functions: functions, settings: values)
      default: PluginDetector<128>(needs: needs, functions: functions, settings: values)
      }
    }
  }
}
