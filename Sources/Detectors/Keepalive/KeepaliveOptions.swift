import FlatlineCore

/// Options that are held for the time of a probe only.
extension KeepaliveDetector {
  /// Whether a change of an option changes the probes. With a shorter TCP_KEEPCNT the probes keep their meaning.
  func changesProbes(_ option: SocketOption) -> Bool { option != .keepaliveCount && option != .userTimeout }

  /// The opinion, with the options that its probes need.
  ///
  /// At a probe's time the kernel compares TCP_USER_TIMEOUT with the silence, and ends the connection if an earlier probe
  /// is unanswered (tcp_keepalive_timer, net/ipv4/tcp_timer.c). So the app's time-out gives way before the next probe.
  /// It is back once data is in flight: the kernel counts it from the first transmission.
  func holdingOptions(_ opinion: Opinion, _ info: TCPInfo?, _ state: inout KeepaliveState) -> Opinion {
    guard let info else { return opinion }
    let spares = accelerated && info.probes > 0 && !info.isInFlight && !info.state.isOver
    guard spares || state.sparesTimeout || state.isBorrowing else { return opinion }
    var opinion = opinion
    if state.isBorrowing { borrow(&opinion, &state) }
    if spares {
      // Also if it is held already: the app may have set another since.
      opinion.actions.insert(.hold(.userTimeout), at: 0)
    } else if state.sparesTimeout {
      opinion.actions.append(.release(.userTimeout))
    }
    state.sparesTimeout = spares
    return opinion
  }

  /// Holds the keepalive options from a request for a probe until there is no unanswered one.
  private func borrow(_ opinion: inout Opinion, _ state: inout KeepaliveState) {
    let asks = opinion.actions.contains(.set(.keepaliveIdle, to: idleSeconds))
    if asks {
      opinion.actions.insert(
        contentsOf: [.hold(.keepaliveIdle), .hold(.keepaliveInterval), .hold(.keepalive)], at: 0)
      state.hasBorrowed = true
    } else if state.hasBorrowed, state.burstStart == .never {
      opinion.actions += [
        .release(.keepalive), .release(.keepaliveInterval), .release(.keepaliveIdle),
      ]
      state.hasBorrowed = false
    }
  }

  /// An announced pause: unanswered probes count for nothing. The looks keep the app's time-out from ending it.
  func opinionInPause(_ info: TCPInfo, _ state: inout KeepaliveState, _ look: borrowing Look) -> Opinion {
    state.endBurst()
    let isAnswered = info.probes == 0 && !info.isInFlight && info.sinceHeard <= idle + interval
    return Opinion(
      state.replaceStanding(with: isAnswered ? .alive(.host, at: look.now) : .withdrawn(at: look.now)),
      next: look.isDue ? look.now + idle / 2 : nil)
  }

  /// Plain mode, after other code has changed the options: nobody asks the peer, and a long silence is suspicious.
  func opinionWithoutProbes(_ info: TCPInfo, _ state: inout KeepaliveState, _ look: borrowing Look) -> Opinion
  {
    let isSilent = !info.isInFlight && info.sinceHeard >= idle + interval * probes
    let evidence: Evidence =
      isSilent
      ? Evidence(
        .suspicious, layer: .host, cause: .pathSilent, at: look.now, tcpInfo: info,
        notes: [.text("keepalive", "changed by other code: the peer is not asked")])
      : .withdrawn(at: look.now)
    return Opinion(state.replaceStanding(with: evidence), next: look.isDue ? look.now + idle : nil)
  }
}
