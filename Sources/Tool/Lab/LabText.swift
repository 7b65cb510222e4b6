import Flatline
import FlatlineExperiments
import FlatlineLab

/// A report for people, in lines.
struct LabText {
  let report: LabReport
  /// A machine that wakes threads later than this cannot measure milliseconds.
  private static let tolerable = Duration.milliseconds(10)

  #if DEBUG
    private static let isDebugBuild = true
  #else
    private static let isDebugBuild = false
  #endif

  var lines: [String] {
    var lines: [String] = []
    if !report.records.isEmpty {
      let sections = [matrix, surprises, PromiseText(report.records).lines, silence, quality]
      for section in sections where !section.isEmpty { lines += section + [""] }
    }
    if !report.tradeOff.isEmpty { lines += tradeOff + [""] }
    if !report.field.isEmpty { lines += field + [""] }
    if let lateness = report.setting.lateness, lateness > LabText.tolerable {
      lines += [
        "This machine was busy with other things: what is late by less than a second may be its doing. Run it again.",
        "",
      ]
    }
    if LabText.isDebugBuild, report.records.contains(where: \.judgement.isWrong) {
      lines += [
        "This is a debug build: many labs of its own keep the machine busy. Run it again in a release build: "
          + "swift run -c release",
        "",
      ]
    }
    return lines + [footer]
  }

  private var matrix: [String] {
    let matrix = Matrix(report.records)
    var table = TextTable(["fault", "traffic"] + matrix.policies.map(\.inOneLine) + ["causes"])
    var last = ""
    for row in matrix.rows {
      let causes = row.cells.compactMap { $0?.causes }.joined()
      let different = causes.reduce(into: [String]()) { names, cause in
        if !names.contains(cause.rawValue) { names.append(cause.rawValue) }
      }
      table.add(
        [row.fault.name == last ? "" : row.fault.name, row.traffic.rawValue]
          + row.cells.map { $0.map { LabText.words($0) } ?? "" } + [different.joined(separator: ", ")])
      last = row.fault.name
    }
    return table.lines + [
      "",
      "✓ as promised   ✓? right, but a witness would know the cause better   – blind   … not within the run",
      "✗ not as promised   (✗) a live peer convicted beyond any promise   ~N suspected N times and never convicted",
    ]
  }

  private static func words(_ cell: MatrixCell) -> String {
    let sign = ReportWords.sign(cell.judgement)
    if let dead = cell.dead { return "\(sign) \(ReportWords.duration(dead))" }
    let isFault = cell.records.first?.trial.scenario.isFault == true
    if isFault, cell.judgement == .right, let suspect = cell.suspect {
      return "\(sign) ~\(ReportWords.duration(suspect))"
    }
    return isFault || cell.suspicions == 0 ? sign : "\(sign) ~\(cell.suspicions)"
  }

  private var surprises: [String] {
    let wrong = report.records.filter(\.judgement.isWrong)
    guard !wrong.isEmpty else { return ["Every promise was kept in \(report.records.count) trials."] }
    return ["Not as promised, \(wrong.count) of \(report.records.count) trials:"]
      + wrong.map { record in
        let trial = record.trial
        let what = ReportWords.judgement(record.judgement, isFault: trial.scenario.isFault)
        return "  \(trial.scenario.name), \(trial.traffic.rawValue), \(trial.policy.name): \(what)".inOneLine
      }
  }

  private var silence: [String] {
    let rows = SilenceTable(report.records).rows
    guard !rows.isEmpty else { return [] }
    var table = TextTable(["policy", "for silence", "documented", "explained", "slowest", "in"])
    for row in rows {
      table.add([
        row.policy.inOneLine, row.what, row.documented.map(ReportWords.duration) ?? "–",
        ReportWords.duration(row.explained), row.measured.map(ReportWords.duration) ?? "–",
        row.slowestFault ?? "",
      ])
    }
    return table.lines
  }

  private var quality: [String] {
    var table = TextTable([
      "policy", "traffic", "T_D dead", "λ_M suspicions/h", "λ_M convictions/h", "T_M suspicion",
      "P_A trusted",
    ])
    for row in QualityTable(report.records).rows {
      table.add([
        row.policy.inOneLine, row.traffic.rawValue, ReportWords.seconds(row.conviction.detectionTime),
        ReportWords.perHour(row.suspicion.mistakeRate), ReportWords.perHour(row.conviction.mistakeRate),
        ReportWords.seconds(row.suspicion.mistakeDuration), ReportWords.percent(row.suspicion.accuracy),
      ])
    }
    return [
      "Quality of service (Chen, Toueg, Aguilera 2002), in what each promises to survive; 95% intervals:"
    ]
      + table.lines
  }

  private var tradeOff: [String] {
    var table = TextTable(["method", "setting", "T_D", "λ_M mistakes/h"])
    for curve in report.tradeOff {
      for point in curve.points {
        table.add([
          curve.method, point.setting, ReportWords.seconds(point.quality.detectionTime),
          ReportWords.perHour(point.quality.mistakeRate),
        ])
      }
    }
    return ["Speed against mistakes, a tenth of the packets lost each way:"] + table.lines
  }

  private var field: [String] {
    let ours = report.field.compactMap(\.ours?.trial.policy.name).first ?? "ours"
    var table = TextTable(["the field", "published", "computed", "measured", ours])
    for row in report.field {
      table.add([row.fieldCase.name, row.fieldCase.published, row.computed, row.measured, row.measuredOurs])
    }
    return table.lines
  }

  private var footer: String {
    let setting = report.setting
    let forwarder = setting.forwarderDelay.map { "; the forwarder adds \(ReportWords.duration($0))" } ?? ""
    let lateness =
      setting.lateness.map { "; threads woke up to \(ReportWords.duration($0)) late (99%)" } ?? ""
    return
      "Seed \(setting.seed), Linux \(setting.kernel), \(ReportWords.duration(setting.duration))\(forwarder)\(lateness)."
  }
}
