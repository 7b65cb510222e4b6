import FlatlineCore

/// Options that would end a connection which lives without a watch.
extension TCPInfoDetector {
  /// The default of tcp_retries2, less two: that many probes are left.
  private static let manyProbes = 13

  /// The opinion, with the options that probes of unsent data need.
  ///
  /// While the window is closed, TCP_USER_TIMEOUT ends the connection even if the peer answers every probe
  /// (tcp_probe_timer, net/ipv4/tcp_timer.c): ours is released. Without answers the kernel counts probes up to
  /// tcp_retries2, and a short longest wait would use them up in seconds: so it is released once they have convicted, or
  /// are nearly used up. Data that cannot be sent at all, without a route, is probed for in the same way.
  func releasingOptions(_ opinion: Opinion, _ info: TCPInfo, _ state: inout TCPInfoState) -> Opinion {
    let isProbing = info.notSent > 0 && info.unacknowledged == 0 && !info.state.isOver
    guard isProbing || !state.released.isEmpty else { return opinion }
    var wanted: TCPInfoState.ReleasedOptions = isProbing && info.isWindowClosed ? .userTimeout : []
    if isProbing, info.probes > 0, state.standing.isDeath || info.probes >= TCPInfoDetector.manyProbes {
      wanted.insert(.retransmissionTimeoutLimit)
    }
    let changed = wanted.symmetricDifference(state.released)
    guard !changed.isEmpty else { return opinion }
    var opinion = opinion
    // The time-out is held only where the limit is: the limit comes first, and goes last.
    if changed.contains(.userTimeout), wanted.contains(.userTimeout) {
      opinion.actions.append(.release(.userTimeout))
    }
    if changed.contains(.retransmissionTimeoutLimit) {
      opinion.actions.append(
        wanted.contains(.retransmissionTimeoutLimit)
          ? .release(.retransmissionTimeoutLimit) : .hold(.retransmissionTimeoutLimit))
    }
    if changed.contains(.userTimeout), !wanted.contains(.userTimeout) {
      opinion.actions.append(.hold(.userTimeout))
    }
    state.released = wanted
    return opinion
  }
}
