/// A detector's needs: the times of its looks, the readings for them, and the features of the connection.
///
/// The detector abstains on a connection without a needed feature (a descriptor, a pinger).
public struct Needs: Hashable, Sendable {
  /// Readings that the monitor makes for a look.
  public struct Readings: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// `getsockopt(TCP_INFO)` (tcp(7)): ``Look/tcpInfo`` and ``Look/end``.
    public static let tcpInfo = Readings(rawValue: 1)
    /// SIOCINQ (tcp(7)): ``Look/unread``.
    public static let unreadBytes = Readings(rawValue: 2)
  }

  /// Readiness bits (epoll_ctl(2)) that wake the detector. EPOLLHUP and EPOLLERR are always reported, but wake it only
  /// if they are named here.
  public var readiness: Readiness
  /// The longest time between two looks, at least 1 ms; `nil` for looks only at the times that opinions set.
  public var period: Duration?
  /// Time from the beginning of the watch to the first look; `nil` for one period, or for no look without a period.
  public var firstLook: Duration?
  /// How early a look may come if the connection has a look anyway. One look for several detectors costs little
  /// more than for one.
  public var leeway: Duration
  /// The readings for each look. TCP_INFO by default; it is read once a turn for all detectors.
  public var readings: Readings
  /// Socket options to hold while the connection is watched (setsockopt(2)). The monitor sets them after ``Detector/begin(_:)`` and
  /// restores them at the end.
  public var options: [HeldOption]
  /// Whether the detector wants a look when the app reports received bytes (``Monitor/noteReceived(_:on:)``).
  public var receptions: Bool
  /// Whether the connection must have a descriptor. Readiness bits and required options need one anyway.
  public var descriptor: Bool
  /// Whether the connection must have a ``Pinger``.
  public var pinger: Bool
  /// Whether looks go on in an announced pause (``Monitor/expectPause(of:for:)``), as ``Look/isPaused``. Otherwise the
  /// detector has no due look until its end, and then one with the pause as ``Look/stall``.
  public var looksInPauses: Bool

  /// From its parts, each described at its property.
  public init(
    readiness: Readiness = [], period: Duration? = nil, firstLook: Duration? = nil, leeway: Duration = .zero,
    readings: Readings = .tcpInfo, options: [HeldOption] = [], receptions: Bool = false,
    descriptor: Bool = false, pinger: Bool = false, looksInPauses: Bool = false
  ) {
    self.readiness = readiness
    self.period = period
    self.firstLook = firstLook
    self.leeway = leeway
    self.readings = readings
    self.options = options
    self.receptions = receptions
    self.descriptor = descriptor
    self.pinger = pinger
    self.looksInPauses = looksInPauses
  }

  /// A look with TCP_INFO at this period.
  public static func every(_ period: Duration) -> Needs { Needs(period: period) }

  /// A look with TCP_INFO when epoll reports any of these bits.
  public static func readiness(_ bits: Readiness) -> Needs { Needs(readiness: bits) }

  /// Whether only a connection with a descriptor will do.
  package var requiresDescriptor: Bool {
    descriptor || !readiness.isEmpty || options.contains(where: \.isRequired)
  }
}
