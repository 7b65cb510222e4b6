/// What all connections of one monitor share for one detector: a netlink socket, a sampler. A detector makes it
/// in `Detector.makeSource(in:)`; the monitor keeps it, polls its descriptor, minds its deadline and tells it of
/// its connections.
///
/// The detector holds settings only and does not see its source: what the source knows of a connection reaches
/// the detector as the number in `Signal.Event.source`, whose meaning is theirs alone.
///
/// All calls come on the thread that holds the monitor. None may block, and none should work for long: a source
/// with much to do does part of it and asks by its deadline to go on.
public protocol SharedSource: AnyObject {
  /// Polled for input from the source's making on; `nil` if there is nothing to poll. The source closes it.
  var descriptor: CInt? { get }

  /// When to call ``advance(isReady:now:)`` though nothing has come; `never` for not at all.
  var deadline: MonotonicTime { get }

  /// A connection that uses the detector begins to be watched. To tell of it at once, set the deadline to now.
  func attach(_ connection: ConnectionID, _ socket: borrowing BorrowedSocket, now: MonotonicTime)

  /// A connection is watched no more. Also called for connections that were never attached.
  func detach(_ connection: ConnectionID)

  /// The descriptor is ready, or the deadline has come.
  ///
  /// - Returns: the connections whose detector is to be told something new.
  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID]

  /// Connections of the monitor are suspected, or dead: what the source would hear of late is worth asking for now. Called
  /// once a turn with such verdicts, after they are told; to ask, set the deadline to now.
  func doubted(now: MonotonicTime)

  /// What to tell the detector of a connection, now that it is awake.
  func news(of connection: ConnectionID) -> UInt64

  /// Whether the source reads ahead: TCP_INFO of many connections at once, for less than one by one. The monitor
  /// uses the first such source it has.
  var readsAhead: Bool { get }

  /// This many connections are due to be looked at, in this turn and those right after it. Called each turn if the
  /// source reads ahead.
  func prepare(due: Int, now: MonotonicTime)

  /// What was read ahead of a socket, by its cookie (SO_COOKIE), if it may stand for a reading made now: only of a
  /// socket with which all is well, so that whatever accuses was read at its time.
  func reading(cookie: UInt64, now: MonotonicTime) -> TCPInfo?
}

extension SharedSource {
  public var deadline: MonotonicTime { .never }
  public func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] { [] }
  public func doubted(now: MonotonicTime) {}
  public func news(of connection: ConnectionID) -> UInt64 { 0 }
  public var readsAhead: Bool { false }
  public func prepare(due: Int, now: MonotonicTime) {}
  public func reading(cookie: UInt64, now: MonotonicTime) -> TCPInfo? { nil }
}

/// Where a source's monitor lives.
public struct SourceSurroundings: Sendable {
  /// How to get netlink sockets.
  public let netlink: NetlinkOpening

  /// Where netlink sockets come from; this network namespace unless told otherwise.
  public init(netlink: NetlinkOpening = .own) {
    self.netlink = netlink
  }
}
