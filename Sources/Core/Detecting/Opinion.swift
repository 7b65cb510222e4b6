/// A detector's answer to a look: new evidence or none, the time of the next look, and actions.
public struct Opinion: Hashable, Sendable {
  /// Replaces the detector's standing ballot; `nil` leaves it as it is.
  public var evidence: Evidence?
  /// Time of the next look; `never` for none. `nil` keeps the time that is set. If that time has come, the next
  /// look is one period later, or never without a period. The next look is at least 1 ms away. From the third
  /// due look in a row that asks for less, each makes the wait longer, up to 1 s. The third is reported as evidence with
  /// the fact `detector_fault`.
  public var next: MonotonicTime?
  /// Actions for the monitor, in order. It carries them out after it has examined every detector of the connection.
  public var actions: [Action]

  /// From its parts, each described at its property.
  @inlinable public init(_ evidence: Evidence? = nil, next: MonotonicTime? = nil, actions: [Action] = []) {
    self.evidence = evidence
    self.next = next
    self.actions = actions
  }

  /// Nothing new: the standing ballot and the time of the next look stay.
  @inlinable public static var unchanged: Opinion { Opinion() }
}

/// An action that a detector asks for on its connection.
@nonexhaustive
public enum Action: Hashable, Sendable {
  /// Sends one ping by the connection's ``Pinger``. If it is not sent, the detector gets a look with ``Look/pingOutcome``.
  case ping
  /// Sets an option that ``Needs/options`` declares to a value, unless other code has changed it. The call is made
  /// even if the value is the same: TCP_KEEPIDLE, set again on a silent socket, sends a probe.
  case set(SocketOption, to: CInt)
  /// Holds an option that ``Needs/options`` declares, as at the beginning of the watch: under its condition, and with
  /// the value that it has now as the one to restore. Does nothing while the option is held.
  case hold(SocketOption)
  /// Releases an option that ``Needs/options`` declares, before the watch ends: the value from before comes back.
  case release(SocketOption)
}
