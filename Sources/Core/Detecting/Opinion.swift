/// What a detector makes of a look: new evidence or none, when to look next, and what is to be done.
public struct Opinion: Hashable, Sendable {
  /// What takes the place of the detector's standing ballot; `nil` leaves it as it is.
  public var evidence: Evidence?
  /// When to look next; `never` for not at all. `nil` keeps the time that stands; if that has come, the next look is a period
  /// later, or there is none without a period. A time that is not in the future is one millisecond ahead.
  public var next: MonotonicTime?
  /// What the monitor is to do, in order, after every detector of the connection has been examined.
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

/// Something that a detector wants done on its connection.
@nonexhaustive
public enum Action: Hashable, Sendable {
  /// Sends one ping by the connection's ``Pinger``. If it is not sent, the detector gets a look with ``Look/pingOutcome``.
  case ping
  /// Sets an option that ``Needs/options`` declares to a value, unless somebody else has changed it. Setting the value that
  /// stands is carried out too: TCP_KEEPIDLE, set again on a silent socket, sends a probe.
  case set(SocketOption, to: CInt)
}
