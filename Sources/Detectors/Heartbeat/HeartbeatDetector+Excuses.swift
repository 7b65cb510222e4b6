import FlatlineCore

/// Silence that speaks against nobody: nothing was asked, or nothing can come in.
extension HeartbeatDetector {
  /// The pinger says that it is not its turn on the stream.
  func standBack(_ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
    let isSaid = state.isNotOurTurn && state.leaning == .abstaining
    state.startAfresh(at: now)
    state.isWaiting = false
    state.isNotOurTurn = true
    state.leaning = .abstaining
    state.isBackpressureSaid = false
    return isSaid ? nil : abstention("not_now", at: now)
  }

  /// The stream cannot be pinged any more: silence speaks against nobody from now on.
  func neverAgain(_ now: MonotonicTime, _ state: inout HeartbeatState) -> Opinion {
    state.nextPing = .never
    state.leaning = .abstaining
    return Opinion(abstention("never", at: now), next: now + restingPeriod)
  }

  /// A look at a stream that is never pinged again: only its end is left to report.
  func unasked(_ look: borrowing Look, _ state: inout HeartbeatState) -> Opinion {
    if state.isOver { return Opinion(next: .never) }
    guard look.stall == .zero, let end = look.end else {
      return Opinion(next: look.isDue ? look.now + restingPeriod : nil)
    }
    state.isOver = true
    return Opinion(end.evidence(at: look.now), next: .never)
  }

  private var restingPeriod: Duration { max(interval, .seconds(1)) }

  /// No opinion from now on, and the outcome of the ping that is the reason.
  func abstention(_ outcome: String, at now: MonotonicTime) -> Evidence {
    Evidence(.abstaining, layer: .connection, at: now, notes: [.text("ping", outcome)])
  }

  /// Behind our own closed window: suspicious as early as any silence, and never more.
  func backpressure(
    _ look: borrowing Look, _ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState
  ) -> Evidence? {
    guard state.isWaiting, state.leaning != .dead, !state.isBackpressureSaid,
      now >= silenceLimit(state).suspicious
    else { return nil }
    state.leaning = .suspicious
    state.isBackpressureSaid = true
    var notes: [Fact] = [.duration("silent", now - state.lastHeard)]
    if let unread = look.unread { notes.append(.count("unread", unread)) }
    if let window = info.receiveWindow { notes.append(.count("receive_window", window)) }
    return Evidence(
      .suspicious, layer: .connection, cause: .localBackpressure, at: now, tcpInfo: info, notes: notes)
  }

  /// Our app has read, and the peer can answer again.
  func startAfreshBehindOwnWindow(_ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
    guard state.leaning != .dead else { return nil }
    state.startAfresh(at: now)
    guard state.leaning == .suspicious else { return nil }
    state.leaning = .abstaining
    state.isBackpressureSaid = false
    return .withdrawn(at: now)
  }
}
