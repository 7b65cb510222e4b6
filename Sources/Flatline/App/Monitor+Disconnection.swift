extension Monitor {
  /// Waits until the other end of a socket is gone. It consumes no byte and no pending error: bytes that came before
  /// the end can still be read. Bytes that wait unread do not hide the end, as they do from `MSG_PEEK`.
  ///
  ///     let gone = try await monitor.disconnection(of: socket)
  ///     print(gone.cause, gone.trail)
  ///
  /// The socket stays the caller's. It must stay open until this returns; if it is closed earlier, the watch notices
  /// that at its next deadline as `localClosed`. Its options are back when this returns.
  ///
  /// - Parameters:
  ///   - descriptor: a connected TCP socket that this monitor does not watch yet.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: what a FIN means, if not what the policy says: `.dead` ends the wait at the peer's FIN
  ///     (``PeerGone/isHalfClose`` distinguishes it from a full end); `.halfClosed` waits on until both directions are
  ///     over, for a peer that sends its request, shuts its sending down and reads the answer.
  ///   - pinger: a way to ask the peer's program for an answer, for policies with a heartbeat.
  /// - Returns: why the peer is gone.
  /// - Throws: `WatchError`: the socket cannot be watched; `.ended` when the monitor is shut down meanwhile.
  ///   `CancellationError` when the calling task is cancelled.
  public func disconnection(
    of descriptor: CInt, policy: Policy = .fastPath, halfClose: Policy.HalfClose? = nil,
    pinger: (any Pinger)? = nil
  ) async throws -> PeerGone {
    let vigil = Vigil()
    let connection = try watch(
      descriptor, policy: policy, halfClose: halfClose, pinger: pinger, onEvent: VigilHandler(vigil).take)
    defer { unwatch(connection) }
    await vigil.wait()
    switch vigil.end {
    case .gone(let gone): return gone
    case .watchEnded, .workEnded: throw WatchError.ended
    case nil: throw CancellationError()
    }
  }
}
