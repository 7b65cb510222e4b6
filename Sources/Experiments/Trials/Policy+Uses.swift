import Flatline

extension Policy {
  /// Whether it has this detector.
  func uses(_ detector: DetectorName) -> Bool {
    detectors.contains { $0.name == detector }
  }
}
