extension Monitor {
  /// Runs work for as long as the other end of a socket is there: when it is gone the work is cancelled, and once
  /// it has ended ``PeerGone`` is thrown.
  ///
  ///     try await monitor.whileAlive(socket) { _ in
  ///       try await serve(socket)
  ///     }
  ///
  /// Work that waits in a system call does not notice a cancellation: `atDeath: .shutDown` lets it return.
  ///
  /// The socket stays the caller's, and must stay open until this returns. Its options are back by then.
  ///
  /// - Parameters:
  ///   - descriptor: a connected TCP socket that this monitor does not watch yet.
  ///   - policy: which detectors, and how they vote.
  ///   - pinger: a way to ask the peer's program for an answer, for policies with a heartbeat.
  ///   - atDeath: what to do with the socket when the peer is gone; done on the monitor's thread, before the work
  ///     is cancelled.
  ///   - work: what to run, as a child task; it is given the monitor's name for the connection.
  /// - Returns: what the work returns, if it ends before the peer does.
  /// - Throws: ``PeerGone`` if the peer is gone before the work has ended, also where the work noticed first and
  ///   threw an error of its own after the verdict; `WatchError` if the socket cannot be watched, and
  ///   `WatchError.ended` if the watch is ended under the work, which is then cancelled; or what the work throws.
  public func whileAlive<Value: Sendable>(
    _ descriptor: CInt, policy: Policy = .fastPath, pinger: (any Pinger)? = nil,
    atDeath: DeathAction = .leaveAlone,
    _ work: @escaping @Sendable (ConnectionID) async throws -> Value
  ) async throws -> Value {
    let vigil = Vigil()
    // The monitor alone holds the handler, so that it is let go of when the watch ends.
    let connection = try watch(
      descriptor, policy: policy, pinger: pinger,
      onEvent: VigilHandler(vigil) { gone in
        if atDeath == .shutDown { self.shutDownSocket(of: gone.connection) }
      }.take)
    // Also ends the cycle: the handler holds the monitor.
    defer { unwatch(connection) }
    return try await withThrowingTaskGroup(of: Finish<Value>.self) { group in
      group.addTask {
        do {
          return .work(.success(try await work(connection)))
        } catch {
          return .work(.failure(error))
        }
      }
      group.addTask { .watch(await vigil.outcome()) }
      let first = try await group.next()
      group.cancelAll()
      let second = try await group.next()
      switch (first, second) {
      case (.work(let result), _), (.watch(.cancelled), .work(let result)):
        if case .failure = result, let gone = vigil.gone { throw gone }
        return try result.get()
      case (.watch(.gone(let gone)), _): throw gone
      default: throw WatchError.ended
      }
    }
  }
}

/// How one of the two tasks ended.
private enum Finish<Value: Sendable>: Sendable {
  case work(Result<Value, any Error>)
  case watch(Vigil.Outcome)
}
