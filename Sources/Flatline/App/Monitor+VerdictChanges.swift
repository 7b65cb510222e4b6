extension Monitor {
  /// Watches a socket and delivers its verdict changes as a sequence, in order, from the first on.
  ///
  ///     for await change in try monitor.verdictChanges(of: socket) {
  ///       print(change)  // alive -> dead(peerClosed)  by epoll, tcp-info
  ///     }
  ///
  /// The watch lives as long as the sequence. It ends when the loop is left, its task is cancelled or the sequence is
  /// released. The sequence ends after a death, and when the monitor is shut down. The socket stays the caller's, and
  /// must stay open until then.
  ///
  /// For a connection that is watched already, use `verdictChanges(of:)` with its `ConnectionID`; for every connection,
  /// `verdictChanges()`.
  ///
  /// - Parameters:
  ///   - descriptor: a connected TCP socket that this monitor does not watch yet.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: what the peer's FIN means; `nil` for what the policy says. With `.halfClosed` the sequence goes on
  ///     after a FIN, which it delivers as the verdict `halfClosed`.
  ///   - pinger: a way to ask the peer's program for an answer, for policies with a heartbeat.
  /// - Returns: a sequence for one reader. Changes not yet taken are kept; they are few.
  /// - Throws: `WatchError` if the socket cannot be watched.
  public func verdictChanges(
    of descriptor: CInt, policy: Policy = .fastPath, halfClose: Policy.HalfClose? = nil,
    pinger: (any Pinger)? = nil
  ) throws(WatchError) -> AsyncStream<VerdictChange> {
    let (stream, continuation) = AsyncStream<VerdictChange>.makeStream()
    let connection = try watch(
      descriptor, policy: policy, halfClose: halfClose, pinger: pinger,
      onEvent: StreamHandler(continuation).take)
    // The stream holds the monitor: a monitor that only its sequences use lives as long as they do.
    continuation.onTermination = { _ in self.unwatch(connection) }
    // A stream that ended before the line above does not call its handler.
    if verdict(of: connection)?.isDead == true { unwatch(connection) }
    return stream
  }
}

/// Passes verdict changes to a stream, and ends it when the watch ends.
private final class StreamHandler: Sendable {
  private let continuation: AsyncStream<VerdictChange>.Continuation

  init(_ continuation: AsyncStream<VerdictChange>.Continuation) {
    self.continuation = continuation
  }

  deinit {
    continuation.finish()
  }

  @Sendable func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event else { return }
    continuation.yield(change)
    if change.verdict.isDead { continuation.finish() }
  }
}
