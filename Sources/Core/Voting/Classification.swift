/// Derives the cause of a verdict from the ballots of all layers.
///
/// A detector names a cause from the one layer it sees: an unanswered heartbeat shows only that no answer came. All
/// ballots together show which layer failed. A nearer layer explains a farther one. With our own link down, nothing
/// can be known of the peer. If the peer's kernel answers, the path works.
///
/// Pure: the same ballots give the same cause, in any order.
package enum Classification {
  /// The cause of a verdict.
  ///
  /// - Parameters:
  ///   - deciding: the ballots that made the verdict.
  ///   - standing: every ballot that stands, also those for alive. It may include the deciding ballots or not.
  ///   - end: the monitor's finding on the connection end.
  /// - Returns: `nil` without a deciding ballot.
  package static func cause(deciding: [Ballot], standing: [Ballot], end: EndFinding = .unknown) -> Cause? {
    guard let weightiest = Ballot.byWeight(deciding).first else { return nil }
    if let cause = weightiest.plainCause(end) { return cause }
    let first = weightiest.evidence
    let accusing = (deciding + standing).map(\.evidence).filter { $0.leaning > .alive }
    // The only end left here is ETIMEDOUT. It does not say why; ask the other ballots.
    if first.isConclusive || first.claimsEnd { return nearest(accusing) ?? stall(accusing) ?? .timedOut }
    guard first.isSilence else { return first.yieldsToNearerLayers ? nearer(first, accusing) : first.cause }
    if let cause = nearest(accusing) { return cause }
    guard !accusing.contains(where: { $0.cause == .largePacketsLost }) else { return .largePacketsLost }
    // Silence of the path or of the peer's kernel, from any ballot, explains the program's silence.
    guard !accusing.contains(where: \.isPathSilence) else { return .pathSilent }
    // A peer that may send nothing cannot answer.
    guard !accusing.contains(where: { $0.cause == .localBackpressure }) else { return .localBackpressure }
    if let cause = stall(accusing) { return cause }
    let hostAnswers =
      accusing.contains { $0.cause == .peerHung } || standing.contains(where: \.evidence.showsHost)
    return hostAnswers ? .peerHung : .pathSilent
  }

  /// A loss on our side, or a router's report, nearest first. A lost interface takes its addresses and routes
  /// along.
  private static func nearest(_ accusing: [Evidence]) -> Cause? {
    let order: [Cause] = [.linkDown, .addressLost, .routeLost, .routeChanged, .hostUnreachable]
    return order.first { cause in accusing.contains { $0.cause == cause } }
  }

  /// The cause of a layer nearer than this evidence, or else its own.
  private static func nearer(_ first: Evidence, _ accusing: [Evidence]) -> Cause? {
    let nearer = accusing.filter { $0.layer.isNearer(than: first.layer) }
    return nearest(nearer) ?? (nearer.contains(where: \.isPathSilence) ? .pathSilent : first.cause)
  }

  private static func stall(_ accusing: [Evidence]) -> Cause? {
    accusing.contains { $0.cause == .stalled } ? .stalled : nil
  }
}

extension Ballot {
  /// The cause, if no other ballot can name a better one: an end by the kernel has the cause that the kernel shows.
  ///
  /// - Parameter end: the monitor's finding, for a ballot that shows an end without its cause.
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

  /// It leans to dead because of epoll's bits. They show an end, but not which one.
  var claimsEnd: Bool { evidence.claimsEnd }
}

/// The monitor's finding on a connection end.
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

  /// It reports silence, or a cause of silence. Another layer may know a better cause.
  fileprivate var isSilence: Bool {
    let silences: [Cause] = [
      .pathSilent, .peerHung, .stalled, .timedOut, .hostUnreachable, .linkDown, .addressLost, .routeLost,
      .routeChanged, .largePacketsLost, .localBackpressure,
    ]
    return cause.map(silences.contains) ?? true
  }

  /// It reports that the peer is silent, or why it may be: no end, and no loss on our side.
  var isSilenceOfPeer: Bool {
    let own: [Cause] = [.linkDown, .addressLost, .routeLost, .routeChanged]
    return !isConclusive && !claimsEnd && isSilence && !own.contains { $0 == cause }
  }

  /// The peer's kernel answers, or its program does: the program's bytes pass through its kernel.
  fileprivate var showsHost: Bool { leaning == .alive && (layer == .host || layer == .process) }

  /// Even the peer's kernel is silent.
  fileprivate var isPathSilence: Bool {
    (cause == .pathSilent || cause == nil) && (layer == .path || layer == .host)
  }
}
