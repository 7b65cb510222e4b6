import FlatlineCore

/// Options that would end a connection which lives without a watch.
extension TCPInfoDetector {
  /// The opinion, with the options that a closed window needs.
  ///
  /// While the window is closed, TCP_USER_TIMEOUT ends the connection even if the peer answers every probe
  /// (tcp_probe_timer, net/ipv4/tcp_timer.c): ours is released. Without answers the kernel counts probes up to
  /// tcp_retries2, and a short longest wait would use them up in seconds: so it is released once they have convicted.
  func releasingOptions(_ opinion: Opinion, _ info: TCPInfo, _ state: inout TCPInfoState) -> Opinion {
    let isClosed = info.isWindowClosed && !info.state.isOver
    guard isClosed || !state.released.isEmpty else { return opinion }
    var wanted: TCPInfoState.ReleasedOptions = isClosed ? .userTimeout : []
    if isClosed, info.probes > attempts + 1 { wanted.insert(.retransmissionTimeoutLimit) }
    guard wanted != state.released else { return opinion }
    var opinion = opinion
    let changed = wanted.symmetricDifference(state.released)
    // The time-out is held only where the limit is.
    if changed.contains(.retransmissionTimeoutLimit) {
      opinion.actions.append(
        wanted.contains(.retransmissionTimeoutLimit)
          ? .release(.retransmissionTimeoutLimit) : .hold(.retransmissionTimeoutLimit))
    }
    if changed.contains(.userTimeout) {
      opinion.actions.append(isClosed ? .release(.userTimeout) : .hold(.userTimeout))
    }
    state.released = wanted
    return opinion
  }
}
