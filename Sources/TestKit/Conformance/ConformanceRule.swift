/// The rules for every detector, of any method. Each can be checked alone.
@nonexhaustive
public enum ConformanceRule: String, CaseIterable, Sendable {
  /// After the end of a watch the detector neither reports on it nor touches its socket, not even through another
  /// connection.
  case silentAfterTheEnd
  /// It sets only options that it declares, and only by actions.
  case setsDeclaredOptions
  /// The app's bytes stay the app's: the detector neither reads nor sends any.
  case leavesBytes
  /// The socket's pending error stays for the app's next call.
  case leavesPendingError
  /// A pause of the monitor itself makes no peer suspect.
  case blamesNobodyForOurStall
  /// Evidence is never from the future, and never older than the evidence before it.
  case tellsTimeForward
  /// An opinion follows from the look and the state alone: the same two give the same opinion and the same state.
  case examinesAsAFunction
  /// A missing reading or an unsent ping is not the peer's death.
  case survivesMissingReadings
  /// It accepts any TCP state, any reading and any readiness, and only an end by the kernel is conclusive.
  case survivesTCPState
  /// A new connection under the number of an old one is a new connection.
  case survivesRecycledDescriptor
  /// It closes everything that it opens: for a connection, and for its shared source.
  case closesWhatItOpens
  /// The next look that it asks for is in the future, and it does not try an unsent ping again at once.
  case movesDeadlinesOn
  /// On an idle connection it does not repeat the standing evidence: a look that changes nothing must cost no vote.
  case repeatsNothing
}

extension ConformanceRule: CustomStringConvertible {
  public var description: String { rawValue }
}
