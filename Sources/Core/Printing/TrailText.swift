// How a trail is printed, by the command and by every description.

extension MonotonicTime {
  /// The seconds since an earlier moment, in a column: `      2.8631 s`.
  package func elapsed(since start: MonotonicTime) -> String {
    "\(max(.zero, self - start).secondsValue.text(decimals: 4)) s".leftPadded(to: 12)
  }
}

extension Trail.Entry {
  /// One line; a star marks a ballot that decided: `* heartbeat  dead        process     peerHung`.
  fileprivate func text(width: Int) -> String {
    let evidence = ballot.evidence
    var columns = [
      ballot.detector.rawValue.padded(to: width), "\(evidence.leaning)".padded(to: 10),
      evidence.layer.rawValue,
    ]
    if let cause = evidence.cause?.rawValue ?? (evidence.leaning > .alive ? "-" : nil) {
      columns[2] = columns[2].padded(to: 10)
      columns.append(cause)
    }
    if !evidence.challengedBy.isEmpty {
      columns[columns.count - 1] = (columns.last ?? "").padded(to: 10)
      columns.append("challenged by " + evidence.challengedBy.map(\.rawValue).joined(separator: ", "))
    }
    // How long the machine was suspended is in no other line of a death.
    if let slept = evidence.notes.first(where: { $0.name == "slept" }) {
      columns[columns.count - 1] = (columns.last ?? "").padded(to: 10)
      columns.append("\(slept)")
    }
    return (hasDecided ? "* " : "  ") + columns.joined(separator: "  ")
  }
}

extension Trail {
  /// The printed lines, each with its time.
  package var lines: [(time: MonotonicTime, text: String)] {
    let width = entries.map(\.ballot.detector.rawValue.count).max() ?? 0
    var lines = entries.map { (time: $0.ballot.evidence.time, text: $0.text(width: width)) }
    if omitted > 0, let end = lines.last?.time { lines.append((end, "  and \(omitted) more")) }
    return lines
  }
}

extension Trail.Entry: CustomStringConvertible {
  /// One line; a star marks a ballot that decided: `* heartbeat  dead        process     peerHung`.
  public var description: String { text(width: 9) }
}

extension Trail: CustomStringConvertible {
  /// A line for each entry, as `flatline watch` prints it below a death, with the time since the first:
  ///
  ///         0.0000 s    heartbeat  suspicious  process     peerHung
  ///         1.4340 s  * heartbeat  dead        process     peerHung
  public var description: String {
    let lines = lines
    guard let start = lines.first?.time else { return "" }
    return lines.map { "\($0.time.elapsed(since: start))  \($0.text)" }.joined(separator: "\n")
  }
}
