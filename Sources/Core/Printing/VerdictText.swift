// How verdicts and mistakes are printed, by the command and by every description.

extension VerdictChange {
  /// One line: `suspect -> dead(peerHung)  by heartbeat`.
  package func text(_ marks: TextMarks = unmarked) -> String { "\(previous) -> \(outcome(marks))" }

  /// The verdict, its cause and the detectors that decided: `dead(peerHung)  by heartbeat`.
  package func outcome(_ marks: TextMarks = unmarked) -> String {
    let deciders = decidedBy.map(\.detector.rawValue).joined(separator: ", ")
    // A dead verdict names its cause itself.
    let cause = verdict.isDead ? "" : cause.map { "  \($0)" } ?? ""
    return marks("\(verdict)", .verdict(verdict)) + cause + (deciders.isEmpty ? "" : "  by \(deciders)")
  }
}

extension Mistake {
  /// One line: `dead(pathSilent)  contradicted by heartbeat  alive       process`.
  package func text(_ marks: TextMarks = unmarked) -> String {
    let verdict = Verdict.dead(cause)
    return marks("\(verdict)", .verdict(verdict)) + "  contradicted by \(ballot.text(marks))"
  }
}

extension WatchEvent {
  /// One line that begins with its kind.
  package func text(_ marks: TextMarks = unmarked) -> String {
    switch self {
    case .evidence(_, let ballot): "evidence  \(ballot.text(marks))"
    case .verdict(let change): marks("verdict", .heading) + "   \(change.text(marks))"
    case .mistake(let mistake): marks("mistake", .heading) + "   \(mistake.text(marks))"
    }
  }
}

extension VerdictChange: CustomStringConvertible {
  /// One line, as `flatline watch` prints it: `suspect -> dead(peerHung)  by heartbeat`.
  public var description: String { text() }
}

extension Mistake: CustomStringConvertible {
  /// One line, as `flatline watch` prints it: `dead(pathSilent)  contradicted by heartbeat  alive       process`.
  public var description: String { text() }
}

extension WatchEvent: CustomStringConvertible {
  /// One line, as `flatline watch` prints it without the time: `verdict   alive -> suspect  peerHung  by heartbeat`.
  public var description: String { text() }
}
