import Flatline

/// An explanation for people: a table of faults, then the settings without effect and the conflicting timers.
struct ExplanationTable {
  let style: Style

  func text(_ explanation: Explanation, _ review: PolicyReview) -> String {
    let policy = explanation.policy
    var lines = [
      style.bold(policy.name.inOneLine) + (policy.summary.isEmpty ? "" : ": \(policy.summary.inOneLine)")
    ]
    lines.append(
      "At the latest (after \"to\"; before it, the earliest), on a path of "
        + "\(DurationText.text(explanation.roundTrip)) round trip:")
    lines.append("")
    lines += table(explanation)
    if let note = LeftOutText.note(explanation.leftOut) { lines += ["", "note: \(note)"] }
    if let survived = SurvivalText.lines(of: policy) { lines += [""] + survived }
    for line in ReviewText.lines(review) { lines += ["", "\(head(line.gravity)): \(line.text)"] }
    for conflict in explanation.conflicts {
      lines += ["", "\(head(conflict.gravity)): \(conflict.what)", "  " + style.dim(conflict.rule)]
    }
    lines += ["", "note: \(ExplanationTable.nextHop)"]
    return lines.joined(separator: "\n")
  }

  /// TCP ends at a proxy.
  static let nextHop =
    "Only TCP's next hop is watched. Where a proxy stands before the peer (a load balancer, a sidecar, a service mesh, an "
    + "SSH forward), its kernel acknowledges, and all of this is about the proxy; a heartbeat asks whoever answers it."

  private func head(_ gravity: TimerConflict.Gravity) -> String {
    switch gravity {
    case .warning: style.verdict("warning", .suspect)
    case .note: "note"
    }
  }

  private func table(_ explanation: Explanation) -> [String] {
    var rows = [["fault", "traffic", "suspect", "dead", "cause", "said by"]]
    var last: FaultClass?
    for promise in explanation.promises {
      rows.append(cells(promise, explanation.leftOut, isFirst: promise.fault != last))
      last = promise.fault
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      var cells = zip(row, widths).map { $0.padded(to: $1) }
      for column in 2...3 { cells[column] = row[column].leftPadded(to: widths[column]) }
      let line = cells.joined(separator: "  ").trimmedRight
      return index == 0 ? style.bold(line) : line
    }
  }

  /// `0.55s to 1.2s`, or the latest time alone.
  private func span(_ earliest: Duration?, _ latest: Duration) -> String {
    (earliest.map { "\($0.inWords) to " } ?? "") + latest.inWords
  }

  private func cells(
    _ promise: Explanation.Promise, _ leftOut: [DetectorName], isFirst: Bool
  ) -> [String] {
    let causes = ([promise.cause].compactMap { $0 } + promise.otherCauses).map(\.rawValue)
    let end = promise.halfClosed.map { "half \($0.inWords)" } ?? (promise.mayDie ? "?" : "never")
    let voters = promise.dead == nil ? promise.suspectedBy : promise.decidedBy
    return [
      isFirst ? promise.fault.rawValue : "", promise.traffic.rawValue,
      promise.suspect.map { span(promise.earliestSuspect, $0) } ?? (promise.maySuspect ? "?" : "never"),
      promise.dead.map { span(promise.earliestDead, $0) } ?? end,
      causes.isEmpty ? "-" : causes.joined(separator: " or "),
      (voters.isEmpty ? "-" : voters.map(\.rawValue.inOneLine).joined(separator: ", "))
        + (leftOut.isEmpty ? "" : "; without \(LeftOutText.names(leftOut))"),
    ]
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
