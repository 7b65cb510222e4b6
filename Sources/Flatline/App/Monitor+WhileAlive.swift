extension Monitor {
  /// Runs work for as long as the other end of a socket is there. When it is gone the work is cancelled. Once the work
  /// has ended, ``PeerGone`` is thrown.
  ///
  ///     try await monitor.whileAlive(socket) { _ in
  ///       try await serve(socket)
  ///     }
  ///
  /// A peer that has sent all and shut its sending down is not gone. Unless `halfClose` says otherwise, the work goes
  /// on, reads to the end of the stream, and may answer.
  ///
  /// Work that waits in a system call does not notice a cancellation: `atDeath: .shutDown` lets it return. A read then
  /// sees the end of the stream; ``PeerGone`` distinguishes that from an end that the peer made.
  ///
  /// The socket stays the caller's, and must stay open until this returns. Its options are back by then.
  ///
  /// - Parameters:
  ///   - descriptor: a connected TCP socket that this monitor does not watch yet.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: what the peer's FIN means. With `.halfClosed` the work goes on until both directions are over, or
  ///     the peer is gone in any other way; with `.dead` a FIN ends it, also where bytes before it are still unread;
  ///     `nil` for what the policy says.
  ///   - pinger: a way to ask the peer's program for an answer, for policies with a heartbeat.
  ///   - atDeath: what to do with the socket when the peer is gone; done on the monitor's thread, before the work
  ///     is cancelled, and not after the work has ended.
  ///   - work: what to run, as a child task; it is given the monitor's name for the connection.
  /// - Returns: what the work returns, if it ends before the peer is found to be gone.
  /// - Throws: ``PeerGone`` if the verdict fell before the work ended, whether the work then threw or returned;
  ///   `WatchError` if the socket cannot be watched, and `WatchError.ended` if the watch was ended before the work,
  ///   which is then cancelled; or what the work throws, such as `CancellationError` when the calling task is
  ///   cancelled, which cancels the work.
  public func whileAlive<Value: Sendable>(
    _ descriptor: CInt, policy: Policy = .fastPath, halfClose: Policy.HalfClose? = .halfClosed,
    pinger: (any Pinger)? = nil, atDeath: DeathAction = .leaveAlone,
    _ work: @escaping @Sendable (ConnectionID) async throws -> Value
  ) async throws -> Value {
    let vigil = Vigil()
    // Only the monitor holds the handler, so that it is released when the watch ends.
    let connection = try watch(
      descriptor, policy: policy, halfClose: halfClose, pinger: pinger,
      onEvent: VigilHandler(vigil) { gone in
        if atDeath == .shutDown { self.shutDownSocket(of: gone.connection) }
      }.take)
    // Also ends the cycle: the handler holds the monitor.
    defer { unwatch(connection) }
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask {
        defer { if vigil.record(.workEnded) { vigil.wake() } }
        return try await work(connection)
      }
      await vigil.wait()
      group.cancelAll()
      let result = await group.nextResult()
      switch vigil.end {
      case .gone(let gone): throw gone
      case .watchEnded: throw WatchError.ended
      case .workEnded, nil: break
      }
      // The group has its one task until it is taken here.
      guard let result else { throw CancellationError() }
      return try result.get()
    }
  }
}
