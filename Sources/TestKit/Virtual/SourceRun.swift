public import FlatlineCore
import Glibc

/// One shared source without a monitor: a test attaches connections, advances the source as a monitor does, and gives its
/// news to a detector.
///
///     let run = SourceRun(Registry())
///     let connection = run.attach(remote: IPEndpoint(host, port: 443))
///     …
///     for woken in run.advance() { detectorRun.give(run.news(of: woken)) }
///
/// For one thread.
public final class SourceRun {
  /// The source on trial.
  public let source: any SharedSource
  /// The time that the source gets.
  public let clock: VirtualClock
  private var attached: UInt32 = 0

  /// Takes a source.
  ///
  /// - Parameters:
  ///   - source: the source.
  ///   - clock: the source of time; share it with a ``DetectorRun``.
  public init(_ source: any SharedSource, clock: VirtualClock = VirtualClock()) {
    self.source = source
    self.clock = clock
  }

  /// Makes a detector's source.
  ///
  /// - Parameters:
  ///   - detector: a detector, with its settings.
  ///   - surroundings: those of the monitor.
  ///   - clock: the source of time; share it with a ``DetectorRun``.
  /// - Returns: `nil` for a detector without a source.
  /// - Throws: what the detector throws.
  public convenience init?(
    of detector: some Detector, in surroundings: SourceSurroundings = SourceSurroundings(),
    clock: VirtualClock = VirtualClock()
  ) throws {
    guard let source = try detector.makeSource(in: surroundings) else { return nil }
    self.init(source, clock: clock)
  }

  private var newsSource: (any NewsSource)? { source as? any NewsSource }

  // MARK: Connections

  /// Begins a watch.
  ///
  /// - Parameter endpoints: both ends; `nil` where the kernel no longer reports them.
  /// - Returns: a new name for the connection.
  @discardableResult
  public func attach(_ endpoints: SocketEndpoints?) -> ConnectionID {
    attached += 1
    let connection = ConnectionID(slot: attached, generation: 1)
    source.attach(connection, endpoints, now: clock.now)
    return connection
  }

  /// Begins a watch of a connection to a peer, from port 40000 of the loopback address.
  ///
  /// - Parameter remote: the peer's end.
  /// - Returns: a new name for the connection.
  @discardableResult
  public func attach(remote: IPEndpoint) -> ConnectionID {
    let local = IPAddress(bytes: [127, 0, 0, 1]) ?? remote.address
    return attach(SocketEndpoints(local: IPEndpoint(local, port: 40_000), remote: remote))
  }

  /// Ends a watch.
  public func detach(_ connection: ConnectionID) { source.detach(connection) }

  // MARK: Time and events

  /// The time of the source's next advance without input; `nil` for never.
  public var deadline: MonotonicTime? {
    guard let deadline = newsSource?.deadline, deadline != .never else { return nil }
    return deadline
  }

  /// Whether the source's descriptor, as it is now, is ready for input (poll(2)).
  public var isReady: Bool { waitUntilReady(for: .zero) }

  /// Waits, in real time, until the source's descriptor is ready for input.
  ///
  /// - Parameter patience: the longest wait.
  /// - Returns: false if the wait was in vain, or if there is no descriptor.
  public func waitUntilReady(for patience: Duration = .seconds(10)) -> Bool {
    guard let descriptor = newsSource?.descriptor else { return false }
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let (seconds, attoseconds) = patience.components
    let milliseconds = CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    return poll(&question, 1, milliseconds) == 1 && question.revents & Int16(POLLNVAL) == 0
  }

  /// Advances the source now, if it is ready or due.
  ///
  /// - Returns: the connections that it wakes.
  public func advance() -> [ConnectionID] {
    guard let newsSource else { return [] }
    let isReady = isReady
    guard isReady || newsSource.deadline <= clock.now else { return [] }
    return newsSource.advance(isReady: isReady, now: clock.now)
  }

  /// Lets time pass, and advances the source at each of its deadlines.
  ///
  /// - Parameter duration: from now on.
  /// - Returns: the connections that it wakes, in order.
  public func advance(by duration: Duration) -> [ConnectionID] {
    let end = clock.now + duration
    var woken = advance()
    // A source that never moves its deadline on would keep a monitor busy for ever.
    for _ in 0..<100_000 {
      guard let deadline, deadline <= end else { break }
      clock.advance(to: deadline)
      woken += advance()
    }
    clock.advance(to: end)
    return woken
  }

  /// The source's news of a connection, for a ``DetectorRun``.
  ///
  /// - Parameter connection: a connection that the source has woken.
  /// - Returns: the reasons of the look; empty for a source without news.
  public func news(of connection: ConnectionID) -> LookReasons {
    newsSource.map { LookReasons.news(value: $0.news(of: connection)) } ?? LookReasons()
  }
}
