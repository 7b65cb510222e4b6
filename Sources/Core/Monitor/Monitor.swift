/// Watches borrowed sockets and reports verdict changes.
///
/// Sockets stay their owner's: the monitor never closes or reads them, and ``unwatch(_:)`` restores the options
/// that detectors changed. Call `unwatch` before closing a socket. For a descriptor closed during the watch, the
/// verdict is `dead(localClosed)` at the connection's next deadline, or a few later if the descriptor's number
/// names another connection by then.
///
/// All methods are safe on any thread, and from handlers. Handlers run on the monitor's thread (or on the
/// thread that calls ``process()``) and must not block: no other connection is looked at meanwhile.
public final class Monitor: Sendable {
  /// The thread that runs the monitor.
  @nonexhaustive
  public enum Drive: Sendable {
    /// A thread of its own.
    case ownThread
    /// The app: when ``descriptor`` is readable, it calls ``process()``.
    case application
  }

  private let engine: LockedEngine

  /// - Parameters:
  ///   - registry: the detectors that policies may name.
  ///   - drive: the thread that runs the monitor.
  ///   - netlink: how detectors get their netlink sockets, for a monitor of sockets in another network namespace.
  ///   - onEvent: called with the events of every connection, after the connection's own handler. For many
  ///     connections it costs less memory than a handler each.
  /// - Throws: ``Errno`` when the kernel gives no epoll set, timer or thread.
  public convenience init(
    registry: DetectorRegistry, drive: Drive = .ownThread, netlink: NetlinkOpening = .own,
    onEvent: (@Sendable (WatchEvent) -> Void)? = nil
  ) throws(Errno) {
    try self.init(
      registry: registry, drive: drive, netlink: netlink, system: MonitorSystem.kernel(), onEvent: onEvent)
  }

  /// A monitor with its own clock, event queue and socket calls, for simulations and tests.
  package init(
    registry: DetectorRegistry, drive: Drive = .application, netlink: NetlinkOpening = .own,
    system: MonitorSystem, onEvent: (@Sendable (WatchEvent) -> Void)? = nil
  ) throws(Errno) {
    let engine = Engine(
      registry: registry, sources: SourceSurroundings(netlink: netlink), system: system)
    self.engine = LockedEngine(engine, onEvent: onEvent)
    if drive == .ownThread { try self.engine.startThread() }
  }

  deinit {
    engine.stop()
  }

  /// Begins to watch a connected TCP socket.
  ///
  /// - Parameters:
  ///   - descriptor: the socket; it stays the caller's.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: the meaning of the peer's FIN; `nil` for that of the policy.
  ///   - pinger: a way to ask the peer's program for an answer, for policies with a heartbeat.
  ///   - onEvent: called with each verdict change, each change of evidence and each mistake, on the monitor's thread.
  /// - Returns: the name of the connection in this monitor.
  public func watch(
    _ descriptor: CInt, policy: Policy, halfClose: Policy.HalfClose? = nil, pinger: (any Pinger)? = nil,
    onEvent: (@Sendable (WatchEvent) -> Void)? = nil
  ) throws(WatchError) -> ConnectionID {
    try engine.withEngine { engine throws(WatchError) in
      guard let engine else { throw .shutDown }
      return try engine.watch(
        descriptor, policy: policy.withHalfClose(halfClose), pinger: pinger, handler: onEvent)
    }
  }

  /// Begins to watch a connection that this process has no descriptor of, by the detectors that need none.
  ///
  /// - Parameters:
  ///   - socket: the calls that read the connection. From now on only the monitor may call it.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: the meaning of the peer's FIN; `nil` for that of the policy.
  ///   - onEvent: called with each verdict change, each change of evidence and each mistake, on the monitor's thread.
  /// - Returns: the name of the connection in this monitor.
  public func watch(
    _ socket: sending some ForeignSocket, policy: Policy, halfClose: Policy.HalfClose? = nil,
    onEvent: (@Sendable (WatchEvent) -> Void)? = nil
  ) throws(WatchError) -> ConnectionID {
    try engine.withEngine { engine throws(WatchError) in
      guard let engine else { throw .shutDown }
      return try engine.watch(socket, policy: policy.withHalfClose(halfClose), handler: onEvent)
    }
  }

  /// Adds a detector to those that policies may name; one of the same name is replaced. Policies that are in use
  /// already keep theirs.
  public func register(_ detector: RegisteredDetector) {
    engine.withEngine { $0?.groups.register(detector) }
  }

  /// Ends a watch and restores the socket's options. After it returns, no handler is called for that connection.
  /// Does nothing for a connection that is not watched.
  public func unwatch(_ connection: ConnectionID) {
    engine.withEngine { $0?.unwatch(connection) }
  }

  /// Shuts down both directions of a watched socket (shutdown(2)), so that threads blocked on it return. A read
  /// returns the waiting bytes and then the end of the stream; a write fails with EPIPE. The descriptor stays open
  /// and its owner's. Safe in a handler: it does not block.
  ///
  /// - Parameter connection: a connection of this monitor.
  /// - Returns: false, and nothing is touched, if the connection is not watched, or its descriptor names another
  ///   socket by now, or the kernel has ended it already.
  @discardableResult
  public func shutDownSocket(of connection: ConnectionID) -> Bool {
    engine.withEngine { $0?.shutDownSocket(connection) ?? false }
  }

  /// Reports that the app read bytes of the peer from its own stream: any byte is a sign of life.
  public func noteReceived(_ bytes: Int, on connection: ConnectionID) {
    engine.withEngine { $0?.received(bytes, on: connection) }
  }

  /// The verdict that stands on a connection; `nil` if it is not watched.
  public func verdict(of connection: ConnectionID) -> Verdict? {
    engine.withEngine { $0?.verdict(of: connection) }
  }

  /// Looks at a connection now, with every detector of its policy: before a request that must not be lost, or when
  /// the app has a suspicion of its own. A detector that samples reads now; one that asks the peer sends its question
  /// now, and the answer comes later.
  ///
  /// The look runs on the calling thread, and so do the pings of the connection. Handlers run as always, on the
  /// monitor's thread. In a handler or a ping, the look is left to the next turn.
  ///
  /// - Parameter connection: a connection of this monitor.
  /// - Returns: the verdict that stands after the look; `nil` for a connection that is not watched.
  @discardableResult
  public func look(at connection: ConnectionID) -> Verdict? {
    engine.withEngine { $0?.look(at: connection) ?? nil }
  }

  /// Announces that a peer will be silent for a while: a failover, a restart, a long garbage collection, an upgrade.
  ///
  /// Until the pause ends, silence convicts nobody, and makes nobody suspect: no missing answer, no data that stays
  /// unacknowledged, and no router's report that the host is unreachable. What still counts is a FIN or a RST, an end by
  /// the kernel itself, the descriptor's close, and the loss of our own link, address or route. The heartbeat
  /// sends no ping meanwhile.
  ///
  /// After the end silence counts afresh: a peer that is gone is found as soon as one that vanishes at that moment. A
  /// peer that was heard before has nothing to wait for.
  ///
  /// - Parameters:
  ///   - connection: a connection of this monitor.
  ///   - duration: from now on. A second call replaces the first; zero ends the pause now.
  /// - Returns: false for a connection that is not watched.
  @discardableResult
  public func expectPause(of connection: ConnectionID, for duration: Duration) -> Bool {
    engine.withEngine { $0?.expectPause(of: connection, for: duration) ?? false }
  }

  /// Sum of this monitor's stalls: it slept past a deadline because it was stopped, suspended, or on a machine too
  /// busy to run it. Every deadline has moved by that time, and verdicts with them. It includes the time that the machine
  /// was suspended, which CLOCK_MONOTONIC does not count. Zero once it is shut down.
  public var timeAsleep: Duration {
    engine.withEngine { $0?.timeAsleep ?? .zero }
  }

  /// The monitor's account of its own work: it names the detectors that take long. Without entries once the monitor is
  /// shut down.
  public var account: MonitorAccount {
    engine.withEngine {
      $0?.account ?? MonitorAccount(turns: 0, looks: 0, timeAsleep: .zero, detectors: [])
    }
  }

  /// Verdict changes of every connection, from now on, in order. Ends when the monitor is shut down. Changes that
  /// are not yet read are buffered without limit.
  public func verdictChanges() -> AsyncStream<VerdictChange> {
    let (stream, continuation) = AsyncStream<VerdictChange>.makeStream()
    engine.subscribe(continuation)
    return stream
  }

  /// Verdict changes of one connection that is watched, from now on, in order. Ends when the monitor is shut down.
  public func verdictChanges(of connection: ConnectionID) -> some AsyncSequence<VerdictChange, Never>
    & Sendable
  {
    verdictChanges().filter { $0.connection == connection }
  }

  /// Readable as soon as an event waits. For ``Drive/application``.
  public var descriptor: CInt { engine.descriptor }

  /// Runs one turn over the ready events, without waiting, and calls handlers. For ``Drive/application``.
  public func process() {
    engine.process()
  }

  /// Ends every watch and the monitor's thread. Called by `deinit` if not before.
  public func shutDown() {
    engine.stop()
  }
}
