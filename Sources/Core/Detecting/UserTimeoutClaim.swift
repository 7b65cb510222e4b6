/// A detector's hold on TCP_USER_TIMEOUT, which two kinds of detectors set: one for its own verdict, one to keep
/// the kernel as patient as it was when retransmissions come faster (TCP_RTO_MAX_MS). Whoever lets go first, the
/// other's stays, and the last leaves what the app had.
public struct UserTimeoutClaim: BitwiseCopyable, Sendable {
  /// What fifteen doublings from 200 ms to 120 s come to, the default of tcp_retries2 (ip-sysctl), in
  /// milliseconds. It marks a time-out that belongs to a shorter TCP_RTO_MAX_MS.
  public static let usualPatience: CInt = 924_600

  private let old: CInt
  /// TCP_RTO_MAX_MS as it was; the largest where the kernel has none.
  private let cap: CInt

  /// Sets the time-out, remembering the one that was.
  ///
  /// - Parameters:
  ///   - socket: a socket that takes options.
  ///   - milliseconds: the time-out.
  public init(_ socket: borrowing BorrowedSocket, set milliseconds: CInt) throws(Errno) {
    old = try socket.option(.userTimeout)
    cap = UserTimeoutClaim.cap(of: socket)
    try socket.setOption(.userTimeout, to: milliseconds)
  }

  /// Puts the time-out back, if it is still the one that was set: another belongs to whoever set it since.
  ///
  /// - Parameters:
  ///   - socket: a socket that takes options.
  ///   - milliseconds: what was set.
  public func release(_ socket: borrowing BorrowedSocket, set milliseconds: CInt) {
    guard (try? socket.option(.userTimeout)) == milliseconds else { return }
    let cap = UserTimeoutClaim.cap(of: socket)
    var value = old
    // Faster retransmissions ended, or began, since: with them goes, or comes, the patience that belongs to them.
    if old == UserTimeoutClaim.usualPatience, cap > self.cap { value = 0 }
    if old == 0, cap < self.cap { value = UserTimeoutClaim.usualPatience }
    try? socket.setOption(.userTimeout, to: value)
  }

  private static func cap(of socket: borrowing BorrowedSocket) -> CInt {
    (try? socket.option(.retransmissionTimeoutLimit)) ?? .max
  }
}
