import Flatline
import FlatlineExperiments

/// The promised times beside the measured times, in lines.
struct PromiseText {
  private let table: PromiseTable
  private let leftOut: [LeftOut]

  init(_ records: [TrialRecord]) {
    table = PromiseTable(records)
    leftOut = LeftOut.all(in: records)
  }

  var lines: [String] {
    guard !table.rows.isEmpty else { return [] }
    return ["Worst measured / promised (flatline explain):"] + matrix + [""] + summary
      + leftOut.map(\.summary)
  }

  private var matrix: [String] {
    var text = TextTable(["fault", "traffic", "verdict"] + table.policies.map(\.inOneLine))
    var last = ""
    for row in table.rows {
      for (verdict, promises) in [("suspect", row.cells.map(\.suspect)), ("dead", row.cells.map(\.dead))]
      where promises.contains(where: { $0 != nil }) {
        text.add(
          [row.fault == last ? "" : row.fault, row.traffic.rawValue, verdict]
            + promises.map { $0.map(PromiseText.words) ?? "" })
        last = row.fault
      }
    }
    return text.lines
  }

  private static func words(_ promise: MeasuredPromise) -> String {
    let sign =
      switch promise.standing {
      case .broken: "✗ "
      case .loose: "≪ "
      case .kept, .unmeasured: ""
      }
    return
      "\(sign)\(promise.worst.map(ReportWords.duration) ?? "–")/\(ReportWords.duration(promise.promised))"
  }

  private var summary: [String] {
    let measured = table.count(.kept) + table.count(.loose) + table.count(.broken)
    let slack = ReportWords.duration(MeasuredPromise.slack)
    return [
      "\(measured) promises measured: \(table.count(.broken)) broken (✗), \(table.count(.loose)) loose (≪: above "
        + "1.5 times the worst measured and \(slack)).",
      "\(table.count(.unmeasured)) promises are for later than the run (–). Each promise allows a busy machine "
        + "\(slack), however quick the event.",
    ]
  }
}
