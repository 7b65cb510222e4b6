/// What every detector must keep to, whatever its method. Each can be put to the test alone.
public enum ConformanceRule: String, CaseIterable, Sendable {
  /// After `detach` nothing of a connection is told or touched, not even by way of another connection.
  case silentAfterDetach
  /// Socket options are as they were: after `detach`, and after an `attach` that failed half-way.
  case putsOptionsBack
  /// The app's bytes stay the app's: none is read, none is sent.
  case leavesBytes
  /// The socket's pending error stays for the app's next call.
  case leavesPendingError
  /// A pause of the monitor itself makes nobody suspicious.
  case blamesNobodyForOurStall
  /// Evidence is never from the future, and never older than the evidence before it.
  case tellsTimeForward
  /// All that is remembered of a connection is in its `State`: a copy of it goes on just the same.
  case keepsPlainState
  /// An error of a reading, any errno, is not the peer's death, and ends nothing.
  case survivesErrno
  /// Any TCP state, any reading and any readiness are taken, and only what the kernel has ended is conclusive.
  case survivesTCPState
  /// A new connection under the number of an old one is a new connection.
  case survivesRecycledDescriptor
  /// What it opened for a connection it closes: in `detach`, and in `discard` where the socket is gone.
  case closesWhatItOpens
  /// A deadline that has been answered is followed by a later one, or none.
  case movesDeadlinesOn
  /// Where it asks to be spared a deadline of a connection at rest, the deadline's signal would have come to the same: to
  /// nothing new, and to the same next deadline.
  case restsAsItObserves
}

extension ConformanceRule: CustomStringConvertible {
  public var description: String { rawValue }
}
