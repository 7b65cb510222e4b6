/// Which signals a detector wants.
public struct Interest: Hashable, Sendable {
  /// Readiness bits to arm; hang-up and error are always reported and need not be asked for.
  public var readiness: Readiness
  /// A steady beat of `deadline` signals, for detectors that do not compute their own deadlines.
  public var period: Duration?

  /// How much too early a deadline may come when the connection is looked at anyway: one look for several
  /// detectors costs little more than for one.
  public var leeway: Duration

  /// From its parts, each described at its property.
  public init(readiness: Readiness = [], period: Duration? = nil, leeway: Duration = .zero) {
    self.readiness = readiness
    self.period = period
    self.leeway = leeway
  }

  /// Wake me when epoll reports any of these bits.
  public static func readiness(_ bits: Readiness) -> Interest { Interest(readiness: bits) }

  /// Wake me at this period.
  public static func every(_ period: Duration) -> Interest { Interest(period: period) }
}
