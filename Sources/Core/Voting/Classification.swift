/// The cause of a verdict, told from what every layer says.
///
/// A detector names a cause from the one layer it sees: a heartbeat that goes unanswered knows only that nobody
/// answered. Which layer died is seen from all ballots at once. What is nearer to us explains what is farther: with
/// our own link down nothing can be known of the peer, and with the peer's kernel answering the path is well.
///
/// Pure: the same ballots have the same cause, in whatever order they come.
package enum Classification {
  /// The cause of a verdict.
  ///
  /// - Parameters:
  ///   - deciding: the ballots that made the verdict.
  ///   - standing: every ballot that stands, those that decided among them or not, also those for alive.
  ///   - end: what the monitor found of the connection's end.
  /// - Returns: `nil` where nothing decided.
  package static func cause(deciding: [Ballot], standing: [Ballot], end: EndFinding = .unknown) -> Cause? {
    guard let weightiest = Ballot.byWeight(deciding).first else { return nil }
    if let cause = weightiest.plainCause(end) { return cause }
    let first = weightiest.evidence
    let accusing = (deciding + standing).map(\.evidence).filter { $0.leaning > .alive }
    // What is left of the ends is ETIMEDOUT, which does not say why; ask the other ballots.
    if first.isConclusive || first.claimsEnd { return nearest(accusing) ?? stall(accusing) ?? .timedOut }
    // A custom detector's own cause is its own business.
    guard first.isSilence else { return first.cause }
    if let cause = nearest(accusing) { return cause }
    // Silence of the path or of the peer's kernel, told by anyone, explains the program's.
    guard !accusing.contains(where: \.isPathSilence) else { return .pathSilent }
    if let cause = stall(accusing) { return cause }
    let hostAnswers =
      accusing.contains { $0.cause == .peerHung } || standing.contains(where: \.evidence.showsHost)
    return hostAnswers ? .peerHung : .pathSilent
  }

  /// A loss on our side, or a router's word, nearest first: an interface that goes takes its addresses and routes
  /// along.
  private static func nearest(_ accusing: [Evidence]) -> Cause? {
    let order: [Cause] = [.linkDown, .addressLost, .routeLost, .hostUnreachable]
    return order.first { cause in accusing.contains { $0.cause == cause } }
  }

  private static func stall(_ accusing: [Evidence]) -> Cause? {
    accusing.contains { $0.cause == .stalled } ? .stalled : nil
  }
}

extension Ballot {
  /// The cause, where no other ballot could tell it better: what the kernel has ended is as it says.
  ///
  /// - Parameter end: what the monitor found, for a ballot that knows only of an end.
  func plainCause(_ end: EndFinding) -> Cause? {
    let cause = evidence.cause
    if evidence.isConclusive { return cause == .timedOut ? nil : cause ?? .localClosed }
    guard claimsEnd else { return nil }
    switch end {
    case .unknown: return cause ?? .peerReset
    // The app's own shutdown(SHUT_RD) raises EPOLLRDHUP too.
    case .none: return .localClosed
    case .found(let end): return end.cause == .timedOut ? nil : end.cause
    }
  }

  /// It leans to dead because of epoll's bits: they say that there is an end, and not which.
  var claimsEnd: Bool { evidence.claimsEnd }
}

/// What the monitor knows of how the kernel ended a connection.
package enum EndFinding {
  /// The kernel has not been asked, or does not answer.
  case unknown
  /// The kernel has ended nothing.
  case none
  case found(ConnectionEnd)
}

extension Evidence {
  /// See ``Ballot/claimsEnd``.
  fileprivate var claimsEnd: Bool {
    leaning == .dead && !isConclusive && readiness.map { !$0.isDisjoint(with: .ending) } ?? false
  }

  /// It says that something is not heard, or why nothing can be: another layer may know better.
  fileprivate var isSilence: Bool {
    let silences: [Cause] = [
      .pathSilent, .peerHung, .stalled, .timedOut, .hostUnreachable, .linkDown, .addressLost, .routeLost,
    ]
    return cause.map(silences.contains) ?? true
  }

  /// The peer's kernel is heard, or its program, which only its kernel can carry.
  fileprivate var showsHost: Bool { leaning == .alive && (layer == .host || layer == .process) }

  /// Not even the peer's kernel is heard.
  fileprivate var isPathSilence: Bool {
    (cause == .pathSilent || cause == nil) && (layer == .path || layer == .host)
  }
}
