/// Which signals a detector wants.
public struct Interest: Hashable, Sendable {
  /// Readiness bits to arm; hang-up and error are always reported and need not be asked for.
  public var readiness: Readiness
  /// A steady beat of `deadline` signals, for detectors that do not compute their own deadlines.
  public var period: Duration?

  public init(readiness: Readiness = [], period: Duration? = nil) {
    self.readiness = readiness
    self.period = period
  }

  /// Wake me when epoll reports any of these bits.
  public static func readiness(_ bits: Readiness) -> Interest { Interest(readiness: bits) }

  /// Wake me at this period.
  public static func every(_ period: Duration) -> Interest { Interest(period: period) }
}
