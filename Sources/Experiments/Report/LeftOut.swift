public import Flatline

/// A policy's detectors without promises: what they say is measured, and no time rests on it.
public struct LeftOut: Hashable, Sendable {
  /// The policy's name.
  public let policy: String
  /// The detectors, in the policy's order.
  public let detectors: [DetectorName]

  /// Those of all policies that have any, in the records' order.
  ///
  /// - Parameter records: of a run.
  public static func all(in records: [TrialRecord]) -> [LeftOut] {
    var all: [LeftOut] = []
    for record in records where !record.promise.leftOut.isEmpty {
      let one = LeftOut(policy: record.trial.policy.name, detectors: record.promise.leftOut)
      if !all.contains(one) { all.append(one) }
    }
    return all
  }

  /// One sentence for a report.
  public var summary: String {
    let names = detectors.map(\.rawValue.inOneLine).joined(separator: ", ")
    return
      "\(policy.inOneLine): no promised time rests on \(names), which \(detectors.count == 1 ? "makes" : "make") "
      + "no promise (ExplainableDetector)."
  }
}
