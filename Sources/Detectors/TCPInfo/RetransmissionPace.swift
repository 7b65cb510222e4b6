import FlatlineCore

/// The options that set the pace of retransmissions: changed at `attach`, put back at `detach`.
///
/// A shorter longest wait also shortens the kernel's own patience, which it counts in waits
/// (tcp_retries2). Where the app set no TCP_USER_TIMEOUT, one of the kernel's usual patience keeps it.
struct RetransmissionPace: BitwiseCopyable, Sendable {
  private var cap: CInt = CInt(unchanged)
  private var thin: Int8 = unchanged
  /// The usual patience, if it stands at the end, is there because of us, whoever put it back.
  private var ownsUsualPatience = false

  private static let unchanged: Int8 = -1

  /// Sets what the kernel takes; an option it does not know is left out.
  init(_ socket: borrowing BorrowedSocket, thinLinear: Bool, cap limit: Duration) {
    if thinLinear, let old = try? socket.option(.thinLinearTimeouts),
      (try? socket.setOption(.thinLinearTimeouts, to: 1)) != nil
    {
      thin = Int8(clamping: old)
    }
    let milliseconds = CInt(clamping: limit.clampedNanoseconds / 1_000_000)
    guard milliseconds > 0, let old = try? socket.option(.retransmissionTimeoutLimit), old > milliseconds,
      let patience = try? socket.option(.userTimeout),
      (try? socket.setOption(.retransmissionTimeoutLimit, to: milliseconds)) != nil
    else { return }
    cap = old
    ownsUsualPatience = patience != UserTimeoutClaim.usualPatience
    if patience == 0 { try? socket.setOption(.userTimeout, to: UserTimeoutClaim.usualPatience) }
  }

  func restore(to socket: borrowing BorrowedSocket) {
    if thin != RetransmissionPace.unchanged { try? socket.setOption(.thinLinearTimeouts, to: CInt(thin)) }
    if cap != CInt(RetransmissionPace.unchanged) {
      try? socket.setOption(.retransmissionTimeoutLimit, to: cap)
    }
    // Another time-out is someone else's by now.
    if ownsUsualPatience, (try? socket.option(.userTimeout)) == UserTimeoutClaim.usualPatience {
      try? socket.setOption(.userTimeout, to: 0)
    }
  }
}
