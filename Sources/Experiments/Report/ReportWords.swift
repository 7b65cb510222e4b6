import Flatline

/// The texts of a report, the same in each of its forms.
public enum ReportWords {
  /// A duration for a person: "0.3 ms", "85 ms", "3.42 s", "2 min 30 s", "2 h 11 min".
  ///
  /// - Parameter duration: any.
  public static func duration(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    if milliseconds == 0 { return "0 ms" }
    let seconds = Int(duration.secondsValue.rounded())
    switch abs(milliseconds) {
    case ..<0.0995: return (milliseconds * 1000).text(decimals: 0) + " µs"
    case ..<9.95: return milliseconds.text(decimals: 1) + " ms"
    case ..<999.5: return milliseconds.text(decimals: 0) + " ms"
    case ..<99_950: return duration.secondsValue.text(decimals: milliseconds < 9995 ? 2 : 1) + " s"
    case ..<7_200_000:
      return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
    default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }

  /// A judgement in a few words.
  ///
  /// - Parameters:
  ///   - judgement: any.
  ///   - isFault: whether there was a fault to find.
  public static func judgement(_ judgement: Judgement, isFault: Bool) -> String {
    switch judgement {
    case .right: isFault ? "right" : "survived"
    case .witnessMissing(let detector): "right; the witness \(detector) is missing"
    case .late(let by): "late by \(duration(by))"
    case .suspectedLate(let by): "suspected late by \(duration(by))"
    case .early(let by): "sooner than can be by \(duration(by))"
    case .wrongCause(let cause): "wrong cause: \(cause)"
    case .missed: "missed"
    case .blind(let needs):
      needs.isEmpty ? "blind" : "blind: needs " + needs.map(\.rawValue).joined(separator: " or ")
    case .notWithinRun(let promised): "not within the run; promised in \(duration(promised))"
    case .convicted(let cause): "convicted a live peer: \(cause)"
    case .convictedBeyondPromise(let cause): "convicted a live peer beyond what is promised: \(cause)"
    case .failed(let reason): "could not be tried: \(reason)"
    }
  }

  /// A judgement as one sign, so that colour is not the only mark.
  ///
  /// - Parameter judgement: any.
  public static func sign(_ judgement: Judgement) -> String {
    switch judgement {
    case .right: "✓"
    case .witnessMissing: "✓?"
    case .blind: "–"
    case .notWithinRun: "…"
    case .convictedBeyondPromise: "(✗)"
    case .late, .suspectedLate, .early, .wrongCause, .missed, .convicted, .failed: "✗"
    }
  }

  /// A rate for a person: mistakes an hour of life.
  ///
  /// - Parameter perSecond: the rate a second.
  public static func perHour(_ perSecond: ConfidenceInterval) -> String {
    interval(perSecond.scaled(by: 3600)) { number($0) }
  }

  /// A share for a person: "99.950% (99.1% to 100.0%)".
  ///
  /// - Parameter share: from 0 to 1.
  public static func percent(_ share: ConfidenceInterval) -> String {
    interval(share.scaled(by: 100)) { $0.text(decimals: $0 > 99 && $0 < 100 ? 3 : 1) + "%" }
  }

  /// Seconds for a person, with their interval.
  ///
  /// - Parameter seconds: the interval.
  public static func seconds(_ seconds: ConfidenceInterval) -> String {
    interval(seconds) { duration(.microseconds(Int64($0 * 1e6))) }
  }

  private static func interval(_ value: ConfidenceInterval, _ words: (Double) -> String) -> String {
    guard let estimate = value.estimate else { return "–" }
    guard value.lower.isFinite, value.upper.isFinite else { return words(estimate) }
    return "\(words(estimate)) (\(words(max(0, value.lower))) to \(words(value.upper)))"
  }

  static func number(_ number: Double) -> String {
    number == 0 ? "0" : number.text(decimals: number < 10 ? 2 : 0)
  }
}
