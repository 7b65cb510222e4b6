public import FlatlineCore

/// Detection by TCP_USER_TIMEOUT (RFC 5482; tcp(7)): the kernel itself ends a connection whose data stays
/// unacknowledged for so long. Its verdict is conclusive; the app's next call fails with ETIMEDOUT, or with what
/// a router said (EHOSTUNREACH, ECONNREFUSED). The error stays for the app.
///
/// The time-out says nothing of an idle connection, but it changes keepalive: where both are on it replaces
/// TCP_KEEPCNT, and one that is not longer than TCP_KEEPIDLE + TCP_KEEPINTVL convicts on a single lost probe
/// (tcp_keepalive_timer, net/ipv4/tcp_timer.c). Nor does it know that a peer lives which keeps its window closed
/// and answers every probe (tcp_probe_timer); `sparesStalled` lifts it for as long as that lasts.
///
/// The option is put back on `detach`.
public struct UserTimeoutDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    var next: MonotonicTime
    var before: BeforeEnding
    let claim: UserTimeoutClaim
    /// The window is closed and answered: the time-out is lifted.
    var isLifted = false
  }

  public static let name: DetectorName = "user-timeout"

  /// TCP_USER_TIMEOUT; whole milliseconds.
  public let timeout: Duration
  /// Whether the time-out is lifted while the peer's closed window is answered.
  public let sparesStalled: Bool

  /// From its settings, each described at its property.
  public init(timeout: Duration = .seconds(10), sparesStalled: Bool = true) {
    self.timeout = timeout
    self.sparesStalled = sparesStalled
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "timeout", .seconds(10), in: .milliseconds(100) ... .seconds(86_400),
      "TCP_USER_TIMEOUT: data unacknowledged for so long ends the connection. Keepalive then goes by it too."),
    .flag(
      "sparesStalled", true,
      "Lifts it while the peer answers with a closed window: the kernel alone would end that connection too."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      timeout: try settings.duration("timeout"), sparesStalled: try settings.flag("sparesStalled"))
    guard timeout.clampedNanoseconds % 1_000_000 == 0 else {
      throw PolicyError(
        at: "detectors.user-timeout.timeout", found: "\"\(DurationText.text(timeout))\"",
        allowed: "whole milliseconds")
    }
  }

  /// As the kernel takes it.
  private var milliseconds: CInt { CInt(clamping: timeout.clampedNanoseconds / 1_000_000) }

  /// A window that closes is seen well before the time-out it would fall to.
  var period: Duration { min(max(timeout / 4, .milliseconds(25)), .seconds(5)) }

  public var interest: Interest {
    Interest(readiness: .ending, leeway: sparesStalled ? period / 2 : .zero)
  }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    let before = BeforeEnding(try socket.tcpInfo(), at: now)
    return State(
      next: sparesStalled ? now + period : .never, before: before,
      claim: try UserTimeoutClaim(socket, set: milliseconds))
  }

  public func detach(_ socket: borrowing BorrowedSocket, state: State) {
    // Lifted, nothing is in force: set it again, so that it is known for ours and put back.
    if state.isLifted, (try? socket.option(.userTimeout)) == 0 {
      try? socket.setOption(.userTimeout, to: milliseconds)
    }
    state.claim.release(socket, set: milliseconds)
  }

  public func deadline(_ state: State) -> MonotonicTime? { state.next }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    if case .clockStall = signal.event { return nil }
    // What is over has been told; what is left ages and would tell it differently.
    guard !state.before.tcpState.isOver, let info = try? socket.tcpInfo() else { return nil }
    let now = signal.now
    let ending = socket.ending(info, hasError: signal.reportsError, before: state.before, at: now)
    state.before.update(info, at: now)
    guard sparesStalled, !info.state.isOver else {
      state.next = .never
      return ending
    }
    state.next = (now + period).roundedUp(toMultipleOf: period / 8)
    // Half-closed, the connection may yet stall.
    let evidence = spare(info, socket, &state, now)
    return ending ?? evidence
  }

  /// Lifts the time-out while a living peer keeps its window closed. Once two probes stay unanswered it is back in
  /// force, and the next one ends the connection.
  private func spare(
    _ info: TCPInfo, _ socket: borrowing BorrowedSocket, _ state: inout State, _ now: MonotonicTime
  ) -> Evidence? {
    let isStalled = info.isWindowAnswered || (state.isLifted && info.isWindowClosed && info.probes <= 2)
    guard isStalled != state.isLifted else { return nil }
    let (found, wanted) = isStalled ? (milliseconds, 0) : (0, milliseconds)
    // Another value is the app's own, set since.
    guard (try? socket.option(.userTimeout)) == found,
      (try? socket.setOption(.userTimeout, to: wanted)) != nil
    else { return nil }
    state.isLifted = isStalled
    return isStalled
      ? Evidence(.suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info) : .withdrawn(at: now)
  }
}

extension DetectorUse {
  /// The TCP_USER_TIMEOUT detector in a policy; see `UserTimeoutDetector`.
  public static func userTimeout(_ timeout: Duration = .seconds(10), sparesStalled: Bool = true)
    -> DetectorUse
  {
    DetectorUse(
      UserTimeoutDetector.name, ["timeout": .duration(timeout), "sparesStalled": .flag(sparesStalled)])
  }
}
