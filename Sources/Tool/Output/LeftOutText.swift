import Flatline

/// The detectors that an explanation leaves out.
enum LeftOutText {
  static func names(_ detectors: [DetectorName]) -> String {
    detectors.map(\.rawValue.inOneLine).joined(separator: ", ")
  }

  /// One line; `nil` if nothing is left out.
  static func note(_ detectors: [DetectorName]) -> String? {
    guard !detectors.isEmpty else { return nil }
    let isOne = detectors.count == 1
    return
      "no time rests on \(names(detectors)): without \(isOne ? "a promise" : "promises") (ExplainableDetector) "
      + "\(isOne ? "it is" : "they are") left out. \(isOne ? "It" : "They") may decide sooner, and "
      + "\(isOne ? "it" : "they") alone where ? stands."
  }
}
