import Flatline
import Synchronization

/// Connections to one server, kept for reuse.
///
/// Two questions, two answers. May this connection carry a request? `Flatline.isReusable` asks the kernel at checkout,
/// without a round trip. Is the server's host or program gone without a word? A monitor asks over one connection more,
/// the sentinel, which is never lent; when it is dead, all connections to that server go at once.
public final class Pool<Line: PoolLine>: Sendable {
  private struct State {
    var idle: [Line] = []
    var sentinel: (line: Line, watch: ConnectionID)?
    var counts = PoolCounts()
    /// Connections that were lent before the last eviction are not taken back.
    var generation = 0
    var lent: [ObjectIdentifier: Int] = [:]
  }

  private let monitor: Monitor
  private let policy: Policy
  private let open: @Sendable () throws -> Line
  private let state = Mutex(State())

  /// An empty pool.
  ///
  /// - Parameters:
  ///   - monitor: watches the sentinel.
  ///   - policy: when the sentinel is dead: one with a heartbeat finds a program that hangs.
  ///   - open: opens a connection, ready for a request.
  public init(monitor: Monitor, policy: Policy = .lan, open: @escaping @Sendable () throws -> Line) {
    self.monitor = monitor
    self.policy = policy
    self.open = open
  }

  deinit {
    let (lines, sentinel) = state.withLock { ($0.idle, $0.sentinel) }
    if let sentinel {
      monitor.unwatch(sentinel.watch)
      sentinel.line.close()
    }
    for line in lines { line.close() }
  }

  // MARK: Lending

  /// The connection that was used last, if it may carry a request; else an older one, else a new one.
  ///
  /// - Throws: what opening one throws.
  public func checkOut() throws -> Line {
    while let line = state.withLock({ $0.idle.popLast() }) {
      let found = Flatline.isReusable(line.socket)
      guard let reason = found.reason else {
        lend(line)
        return line
      }
      state.withLock { $0.counts.discarded[reason, default: 0] += 1 }
      line.close()
    }
    try watchSentinel()
    let line = try open()
    state.withLock { $0.counts.opened += 1 }
    lend(line)
    return line
  }

  /// Takes a connection back. Its last answer has been read.
  public func checkIn(_ line: Line) {
    let isKept = state.withLock { state in
      guard state.lent.removeValue(forKey: ObjectIdentifier(line)) == state.generation else { return false }
      state.idle.append(line)
      return true
    }
    if !isKept { line.close() }
  }

  /// Ends a connection that failed while it was lent.
  public func discard(_ line: Line) {
    state.withLock { state in _ = state.lent.removeValue(forKey: ObjectIdentifier(line)) }
    line.close()
  }

  private func lend(_ line: Line) {
    state.withLock { $0.lent[ObjectIdentifier(line)] = $0.generation }
  }

  /// How many connections wait for the next request.
  public var idleCount: Int { state.withLock { $0.idle.count } }

  /// What has happened so far.
  public var counts: PoolCounts { state.withLock { $0.counts } }

  // MARK: The sentinel

  /// Opens the sentinel if there is none.
  private func watchSentinel() throws {
    guard state.withLock({ $0.sentinel == nil }) else { return }
    let line = try open()
    let watch: ConnectionID
    do {
      watch = try monitor.watch(line.socket, policy: policy, pinger: line.makePinger()) { [weak self] event in
        guard case .verdict(let change) = event, case .dead(let cause) = change.verdict else { return }
        self?.sentinelDied(change.connection, cause)
      }
    } catch {
      line.close()
      throw error
    }
    let isFirst = state.withLock { state in
      guard state.sentinel == nil else { return false }
      state.sentinel = (line, watch)
      return true
    }
    if !isFirst {
      // Another thread was sooner.
      monitor.unwatch(watch)
      line.close()
    } else if monitor.verdict(of: watch) == nil {
      // It died before it was kept.
      state.withLock { if $0.sentinel?.watch == watch { $0.sentinel = nil } }
      line.close()
    }
  }

  /// On the monitor's thread.
  private func sentinelDied(_ watch: ConnectionID, _ cause: Cause) {
    let (sentinel, evicted) = state.withLock { state in
      let sentinel = state.sentinel?.watch == watch ? state.sentinel : nil
      if sentinel != nil { state.sentinel = nil }
      // A server that closes or resets one connection does so for a reason of its own: the others say for themselves
      // at checkout. Any other cause is true of them all.
      guard cause != .peerClosed, cause != .peerReset else { return (sentinel, [Line]()) }
      let evicted = state.idle
      state.idle = []
      state.generation += 1
      state.counts.evicted += evicted.count
      state.counts.cause = cause
      return (sentinel, evicted)
    }
    monitor.unwatch(watch)
    sentinel?.line.close()
    for line in evicted { line.close() }
  }
}

/// What has happened to the connections of a pool.
public struct PoolCounts: Sendable, Hashable {
  /// Connections that were opened to be lent.
  public var opened = 0
  /// Those that were found of no use at checkout, by reason.
  public var discarded: [Reusability.Reason: Int] = [:]
  /// Those that went with their server.
  public var evicted = 0
  /// Why the server was called dead last.
  public var cause: Cause?
}
