import Flatline

extension Policy {
  /// The period of samples aligned to common moments; `nil` if the policy takes none.
  var alignedPeriod: Duration? {
    guard let use = detectors.first(where: { $0.method == SocketDiagDetector.name }) else { return nil }
    guard case .text(let text) = use.settings["activePeriod"] else {
      return TCPInfoDetector.Defaults.activePeriod
    }
    return DurationText.duration(text)
  }
}
