public import FlatlineCore

/// Detection by TCP_USER_TIMEOUT (RFC 5482; tcp(7)): the kernel itself ends a connection whose data stays
/// unacknowledged for so long. Its verdict is conclusive. The app's next call fails with ETIMEDOUT, or with the error
/// of an unreachable reply (EHOSTUNREACH, ECONNREFUSED). The error stays for the app.
///
/// The time-out does not cover an idle connection, but it changes keepalive: where both are on it replaces TCP_KEEPCNT.
/// A time-out that is not longer than TCP_KEEPIDLE + TCP_KEEPINTVL convicts on a single lost probe
/// (tcp_keepalive_timer, net/ipv4/tcp_timer.c). It also ends a connection to a living peer that keeps its window closed
/// and answers every probe (tcp_probe_timer); `sparesStalled` lifts it for as long as that lasts.
///
/// It reports what the kernel ends for good, at once. It does not report a peer's FIN.
public struct UserTimeoutDetector: Detector {
  /// State of the time-out on one connection.
  public struct State: BitwiseCopyable, Sendable {
    /// The window is closed and answered: the time-out is lifted.
    var isLifted = false
    /// The app has set a time-out of its own since: there is none of ours to lift.
    var isGivenUp = false
  }

  public static let name: DetectorName = "user-timeout"

  /// TCP_USER_TIMEOUT; whole milliseconds.
  public let timeout: Duration
  /// Whether the time-out is lifted while the peer's closed window is answered.
  public let sparesStalled: Bool

  /// The settings where a policy names no others.
  public enum Defaults {
    /// Of ``UserTimeoutDetector/timeout``.
    public static let timeout = Duration.seconds(10)
    /// Of ``UserTimeoutDetector/sparesStalled``.
    public static let sparesStalled = true
  }

  /// From its settings, each described at its property.
  public init(timeout: Duration = Defaults.timeout, sparesStalled: Bool = Defaults.sparesStalled) {
    self.timeout = timeout
    self.sparesStalled = sparesStalled
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "timeout", Defaults.timeout, in: .milliseconds(100) ... .seconds(86_400),
      "TCP_USER_TIMEOUT: data unacknowledged for so long ends the connection. Keepalive then goes by it too."),
    .flag(
      "sparesStalled", Defaults.sparesStalled,
      "Lifts it while the peer answers with a closed window: the kernel alone would end that connection too."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      timeout: try settings.duration("timeout"), sparesStalled: try settings.flag("sparesStalled"))
    guard timeout.clampedNanoseconds % 1_000_000 == 0 else {
      throw PolicyError(
        at: settings.place(of: "timeout"), found: "\"\(DurationText.text(timeout))\"",
        allowed: "whole milliseconds")
    }
  }

  /// As the kernel takes it.
  private var milliseconds: CInt { CInt(clamping: timeout.clampedNanoseconds / 1_000_000) }

  /// A closed window is seen well before the time-out would end the connection.
  var period: Duration { min(max(timeout / 4, .milliseconds(25)), .seconds(5)) }

  public var needs: Needs {
    Needs(
      readiness: [.hangUp, .error], period: sparesStalled ? period : nil,
      leeway: sparesStalled ? period / 2 : .zero,
      options: [HeldOption(.userTimeout, milliseconds, isRequired: true)],
      looksInPauses: sparesStalled)
  }

  public func begin(_ look: borrowing Look) -> State? { State() }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    let now = look.now
    guard look.stall == .zero else { return .unchanged }
    // A half-closed connection may still stall.
    if let end = look.end, !end.isHalfClose { return Opinion(end.evidence(at: now), next: .never) }
    if look.changedOptions.contains(.userTimeout) {
      defer { state = State(isLifted: false, isGivenUp: true) }
      return Opinion(state.isLifted ? .withdrawn(at: now) : nil, next: .never)
    }
    guard sparesStalled, !state.isGivenUp, let info = look.tcpInfo else { return .unchanged }
    var opinion = spare(info, &state, now)
    opinion.next = (now + period).roundedUp(toMultipleOf: period / 8)
    return opinion
  }

  /// Lifts the time-out while a living peer keeps its window closed. Two unanswered probes put it back in force, and
  /// the next one ends the connection.
  private func spare(_ info: TCPInfo, _ state: inout State, _ now: MonotonicTime) -> Opinion {
    let isStalled = info.isWindowAnswered || (state.isLifted && info.isWindowClosed && info.probes <= 2)
    guard isStalled != state.isLifted else { return .unchanged }
    state.isLifted = isStalled
    return Opinion(
      isStalled
        ? Evidence(.suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info)
        : .withdrawn(at: now),
      actions: [.set(.userTimeout, to: isStalled ? 0 : milliseconds)])
  }
}

extension DetectorUse {
  /// The TCP_USER_TIMEOUT detector in a policy; see ``UserTimeoutDetector``.
  public static func userTimeout(
    _ timeout: Duration = UserTimeoutDetector.Defaults.timeout,
    sparesStalled: Bool = UserTimeoutDetector.Defaults.sparesStalled
  ) -> DetectorUse {
    DetectorUse(
      UserTimeoutDetector.name, ["timeout": .duration(timeout), "sparesStalled": .flag(sparesStalled)])
  }
}
