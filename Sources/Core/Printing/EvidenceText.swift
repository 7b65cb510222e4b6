// How evidence is printed, in columns, by the command and by every description.

extension Evidence {
  /// The most facts in a text. A detector's most important facts come first.
  private static let mostFacts = 7

  /// One line: `dead        process     peerClosed  conclusive  epoll=IN|OUT|RDHUP unread=0`.
  package func text(_ marks: TextMarks = unmarked) -> String {
    let leaning = marks("\(leaning)".padded(to: 10), .leaning(leaning))
    var columns: [String] = []
    if self.leaning != .abstaining { columns.append(layer.rawValue) }
    // epoll's bits show an end without a cause.
    if let cause = cause?.rawValue ?? (self.leaning > .alive ? "-" : nil) { columns.append(cause) }
    if isConclusive { columns.append("conclusive") }
    let facts = facts.prefix(Evidence.mostFacts).map { "\($0)".inOneLine }.joined(separator: " ")
    if !facts.isEmpty { columns.append(marks(facts, .facts)) }
    if columns.isEmpty { return leaning }
    let last = columns.removeLast()
    return ([leaning] + columns.map { $0.padded(to: 10) } + [last]).joined(separator: "  ")
  }
}

extension Ballot {
  /// The detector's name, then its evidence.
  package func text(_ marks: TextMarks = unmarked) -> String {
    "\(detector.rawValue.padded(to: 9))  \(evidence.text(marks))"
  }
}

extension Evidence: CustomStringConvertible {
  /// One line, as `flatline watch` prints it after the detector's name:
  /// `dead        process     peerClosed  conclusive  epoll=IN|OUT|RDHUP unread=0`.
  public var description: String { text() }
}

extension Ballot: CustomStringConvertible {
  /// One line, as `flatline watch` prints it: `heartbeat  dead        process     peerHung    silent=2.86s`.
  public var description: String { text() }
}
