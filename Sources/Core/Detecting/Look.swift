/// One look at one connection: the time, everything that woke the detector, and the readings of this turn.
///
/// The monitor makes it; so can a test or a simulation. A detector's decision is a function of a look and its state.
public struct Look: ~Copyable {
  /// The time of the turn, on `CLOCK_MONOTONIC`.
  public var now: MonotonicTime

  // MARK: What woke the detector

  /// The bits that epoll reported in this turn; empty if epoll reported nothing.
  public var readiness: Readiness
  /// EPOLLERR, without a hang-up, reports a soft error (IP_RECVERR of ip(7), IPV6_RECVERR of ipv6(7)): a router replied
  /// "unreachable", and TCP goes on trying. The bit alone does not say so: completions of MSG_ZEROCOPY and timestamps of
  /// SO_TIMESTAMPING raise it on a healthy connection. Read without taking anything.
  public var hasSoftError: Bool
  /// The time that the detector asked for has come.
  public var isDue: Bool
  /// Bytes from the peer, as the app reported them; 0 for none.
  public var received: Int
  /// A policy, or the app (``Monitor/look(at:)``), asks for the detector's opinion now.
  public var isChallenged: Bool
  /// How long the monitor itself slept past its deadlines; zero without a stall. That time is not the peer's
  /// silence. A look for this reason has no readings. Unless the opinion sets a next look, the monitor moves the
  /// next look later by the stall.
  public var stall: Duration
  /// The app has announced a pause (``Monitor/expectPause(of:for:)``): silence is no evidence now.
  public var isPaused: Bool
  /// How long the machine was suspended just before this look (CLOCK_BOOTTIME against CLOCK_MONOTONIC); zero otherwise.
  /// No other time of a look includes it. The detectors are challenged in such a look.
  public var slept: Duration
  /// What the detector's ``NewsSource`` gives for this connection; `nil` if it gave nothing in this turn.
  public private(set) var anyNews: News?
  /// The outcome of the detector's last ping, if it was not sent. A ping that was sent causes no look.
  public var pingOutcome: PingOutcome?
  /// Options that the detector held and that other code has set since. They are no longer held. Each is reported
  /// once.
  public var changedOptions: [SocketOption]

  // MARK: What was read

  /// TCP_INFO, read once a turn; `nil` if ``Needs/readings`` leaves it out or the kernel refused.
  public var tcpInfo: TCPInfo?
  /// How the kernel ended the connection, or one direction of it; `nil` while no reading shows an end.
  public var end: ConnectionEnd?
  /// Bytes received and not yet read by the owner (SIOCINQ); `nil` if ``Needs/readings`` leaves it out.
  public var unread: Int?
  /// In ``Detector/begin(_:)``, the socket's values of the declared options before anything is set. Empty at other looks.
  public var options: [SocketOption: CInt]

  // MARK: What the connection offers

  /// The socket's descriptor, for readings that this type does not offer; negative if there is none. Do not read, write,
  /// set or close it.
  public var descriptor: CInt
  /// Whether there is a way to ping the peer's program.
  public var canPing: Bool

  /// From its parts, each described at its property.
  public init(
    now: MonotonicTime, readiness: Readiness = [], hasSoftError: Bool = false, isDue: Bool = false,
    received: Int = 0, isChallenged: Bool = false, stall: Duration = .zero, news: UInt64? = nil,
    pingOutcome: PingOutcome? = nil,
    changedOptions: [SocketOption] = [], tcpInfo: TCPInfo? = nil, end: ConnectionEnd? = nil,
    unread: Int? = nil, options: [SocketOption: CInt] = [:], descriptor: CInt = -1, canPing: Bool = false,
    isPaused: Bool = false, slept: Duration = .zero
  ) {
    self.now = now
    self.readiness = readiness
    self.hasSoftError = hasSoftError
    self.isDue = isDue
    self.received = received
    self.isChallenged = isChallenged
    self.stall = stall
    anyNews = news.map { News($0) }
    self.pingOutcome = pingOutcome
    self.changedOptions = changedOptions
    self.tcpInfo = tcpInfo
    self.end = end
    self.unread = unread
    self.options = options
    self.descriptor = descriptor
    self.canPing = canPing
    self.isPaused = isPaused
    self.slept = slept
  }

  /// The source's news of this connection as a number; `nil` if it gave none in this turn, or a value of another type.
  public var news: UInt64? {
    get { anyNews?.number }
    set { setNews(newValue.map { News($0) }) }
  }

  /// The source's news of this connection, as the type that the source gives; `nil` if it gave none in this turn, or a
  /// value of another type.
  ///
  ///     guard let notice = look.news(as: Notice.self) else { return .unchanged }
  public func news<Value>(as type: Value.Type) -> Value? { anyNews?.value(as: type) }

  /// Gives the look a source's news.
  public mutating func setNews(_ news: News?) {
    // Nearly every look has none, and every look sets it for each detector.
    if news != nil || anyNews != nil { anyNews = news }
  }

  /// Whether there is a descriptor: not for a connection of another process.
  public var hasDescriptor: Bool { descriptor >= 0 }
}
