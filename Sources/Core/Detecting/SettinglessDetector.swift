/// A detector without settings. Its author writes `name`, `needs` and `examine(_:_:)`; a struct without stored
/// properties has the `init()` by itself.
///
///     struct ClosedWindowDetector: SettinglessDetector {
///       static let name: DetectorName = "closed-window"
///       var needs: Needs { .every(.seconds(1)) }
///
///       func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
///         guard look.tcpInfo?.isWindowClosed == true else { return .unchanged }
///         return Opinion(
///           Evidence(.suspicious, layer: .process, cause: .stalled, at: look.now, lifetime: .seconds(2)))
///       }
///     }
///
/// A policy names it with `{}`. Any setting in the policy is refused.
public protocol SettinglessDetector: Detector {
  /// Makes the detector.
  init()
}

extension SettinglessDetector {
  public init(settings: DetectorSettings) throws(PolicyError) { self.init() }
}
