import Flatline

extension Policy {
  /// Whether the policy has this detector.
  func uses(_ detector: DetectorName) -> Bool {
    detectors.contains { $0.name == detector }
  }

  /// The period of samples aligned to common moments; `nil` if the policy takes none.
  var alignedPeriod: Duration? {
    guard let use = detectors.first(where: { $0.name == SocketDiagDetector.name }) else { return nil }
    guard case .text(let text) = use.settings["activePeriod"] else {
      return TCPInfoDetector.Defaults.activePeriod
    }
    return DurationText.duration(text)
  }
}
