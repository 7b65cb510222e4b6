import Flatline

/// Texts that only the page needs.
enum PageWords {
  static func path(_ conditions: Conditions) -> String {
    var words = ["round trip \(ReportWords.duration(conditions.roundTrip)) added"]
    if conditions.roundTrip == .zero { words = ["no delay added"] }
    if conditions.jitter > .zero { words.append("jitter \(ReportWords.duration(conditions.jitter))") }
    if conditions.loss > 0 { words.append("\(ReportWords.number(conditions.loss * 100))% lost each way") }
    if let rate = conditions.rate { words.append("\(rate) bit/s") }
    return words.joined(separator: ", ")
  }

  /// A value with its interval in brackets, the interval below.
  static func stacked(_ text: String) -> Markup {
    guard let bracket = text.firstIndex(of: "("), bracket > text.startIndex else { return "\(text)" }
    return "\(String(text[..<bracket]))<small>\(String(text[bracket...]))</small>"
  }

  /// The anchor of a fault's timeline under one kind of traffic.
  static func anchor(_ fault: String, _ traffic: Traffic) -> String { "t-\(slug(fault))-\(traffic.rawValue)" }

  /// A text that can be part of an id.
  static func slug(_ text: String) -> String {
    String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  static func causes(_ causes: [Cause]) -> String { causes.map(\.rawValue).joined(separator: ", ") }
}
