/// A resource that all connections of one monitor share for one detector of a policy: a netlink socket, a sampler.
/// A detector makes it in ``Detector/makeSource(in:)``. It is a ``NewsSource``, a ``ReadAheadSource``, or both.
///
/// All calls come with the monitor's lock held. None may block, and none should work for long. A source with much
/// to do does a part, and sets its deadline to go on.
public protocol SharedSource: AnyObject {
  /// A connection that uses the detector begins to be watched.
  ///
  /// - Parameters:
  ///   - connection: the monitor's name for it.
  ///   - endpoints: both ends; `nil` if the kernel no longer reports them.
  ///   - now: the time.
  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime)

  /// A connection is no longer watched. Also called for connections that were never attached.
  func detach(_ connection: ConnectionID)
}

/// A source of events on connections: the monitor polls its descriptor, keeps its deadline, and wakes the detector
/// of each connection that it names.
///
/// The detector does not see its source. It gets the source's ``News`` of a connection in the look: a number in
/// ``Look/news``, a value of any other type by ``Look/news(as:)``. Only the two know its meaning.
public protocol NewsSource: SharedSource {
  /// What the detector gets of a connection: a number, or any other type. A number costs no memory.
  associatedtype Item: Sendable = UInt64

  /// Polled for input as soon as the source is made; `nil` if there is nothing to poll. The source closes it.
  ///
  /// It may change, also to `nil`: a client that connects anew has a new descriptor. The monitor reads it again after each
  /// ``advance(isReady:now:)`` and each ``SharedSource/attach(_:_:now:)``. A source that wants to change it at another
  /// time sets its deadline to now.
  var descriptor: CInt? { get }

  /// When to call ``advance(isReady:now:)`` without input; `never` for not at all.
  var deadline: MonotonicTime { get }

  /// The descriptor is ready, or the deadline has come.
  ///
  /// - Returns: the connections to wake.
  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID]

  /// Some connection became suspect or dead: poll now, do not wait for events. Called once a turn with such verdicts,
  /// after they are delivered. To act, set the deadline to now.
  func someConnectionBecameSuspect(now: MonotonicTime)

  /// The news for the detector of a connection that is awake.
  func news(of connection: ConnectionID) -> Item
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

  /// The reading made ahead of a socket, by its cookie (SO_COOKIE), if it may replace a reading made now. Only for
  /// a socket without trouble: accusing evidence needs a reading of its own time.
  func reading(cookie: UInt64, now: MonotonicTime) -> TCPInfo?
}

/// The surroundings of a source's monitor.
public struct SourceSurroundings: Sendable {
  /// The way to open netlink sockets.
  public let netlink: NetlinkOpening

  /// With a way to open netlink sockets; in this network namespace by default.
  public init(netlink: NetlinkOpening = .own) {
    self.netlink = netlink
  }
}
