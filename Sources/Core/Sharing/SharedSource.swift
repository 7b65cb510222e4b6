/// What all connections of one monitor share for one detector of a policy: a netlink socket, a sampler. A detector makes
/// it in ``Detector/makeSource(in:)``. It is a ``NewsSource``, a ``ReadAheadSource``, or both.
///
/// All calls come with the monitor's lock held. None may block, and none should work for long: a source with much to do
/// does part of it and asks by its deadline to go on.
public protocol SharedSource: AnyObject {
  /// A connection that uses the detector begins to be watched.
  ///
  /// - Parameters:
  ///   - connection: the monitor's name for it.
  ///   - endpoints: both ends; `nil` where the kernel does not tell them any more.
  ///   - now: the time.
  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime)

  /// A connection is watched no more. Also called for connections that were never attached.
  func detach(_ connection: ConnectionID)
}

/// A source that learns something about connections: the monitor polls its descriptor, keeps its deadline, and wakes the
/// detector of each connection that it names.
///
/// The detector does not see its source. What the source knows of a connection reaches the detector as the number in
/// ``Look/news``. Its meaning is theirs alone.
public protocol NewsSource: SharedSource {
  /// Polled for input from the source's making on; `nil` if there is nothing to poll. The source closes it.
  var descriptor: CInt? { get }

  /// When to call ``advance(isReady:now:)`` though nothing has come; `never` for not at all.
  var deadline: MonotonicTime { get }

  /// The descriptor is ready, or the deadline has come.
  ///
  /// - Returns: the connections with news.
  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID]

  /// Some connection became suspect or dead: poll now, do not wait for events. Called once a turn with such verdicts,
  /// after they are delivered. To act, set the deadline to now.
  func someConnectionBecameSuspect(now: MonotonicTime)

  /// The number for the detector of a connection that is awake.
  func news(of connection: ConnectionID) -> UInt64
}

extension NewsSource {
  public var descriptor: CInt? { nil }
  public var deadline: MonotonicTime { .never }
  public func someConnectionBecameSuspect(now: MonotonicTime) {}
}

/// A source that reads TCP_INFO of many connections at once, for less than one by one. The monitor uses the first such
/// source it has.
public protocol ReadAheadSource: SharedSource {
  /// This many connections are due to be looked at, in this turn and those right after it. Called once a turn.
  func prepare(due: Int, now: MonotonicTime)

  /// What was read ahead of a socket, by its cookie (SO_COOKIE), if it may stand for a reading made now: only of a
  /// socket with which all is well, so that whatever accuses is read at its time.
  func reading(cookie: UInt64, now: MonotonicTime) -> TCPInfo?
}

/// Where a source's monitor lives.
public struct SourceSurroundings: Sendable {
  /// Where netlink sockets come from.
  public let netlink: NetlinkOpening

  /// Where netlink sockets come from; this network namespace by default.
  public init(netlink: NetlinkOpening = .own) {
    self.netlink = netlink
  }
}
