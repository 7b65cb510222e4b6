/// What every detector must keep to, whatever its method. Each can be put to the test alone.
@nonexhaustive
public enum ConformanceRule: String, CaseIterable, Sendable {
  /// After its end nothing of a watch is said or touched, not even by way of another connection.
  case silentAfterTheEnd
  /// It sets no option but those that it declares, and only by actions.
  case setsDeclaredOptions
  /// The app's bytes stay the app's: none is read, none is sent.
  case leavesBytes
  /// The socket's pending error stays for the app's next call.
  case leavesPendingError
  /// A pause of the monitor itself makes nobody suspicious.
  case blamesNobodyForOurStall
  /// Evidence is never from the future, and never older than the evidence before it.
  case tellsTimeForward
  /// An opinion follows from the look and the state alone: the same two give the same opinion and the same state.
  case examinesAsAFunction
  /// A reading that is missing, and a ping that is not sent, are not the peer's death.
  case survivesMissingReadings
  /// Any TCP state, any reading and any readiness are taken, and only what the kernel has ended is conclusive.
  case survivesTCPState
  /// A new connection under the number of an old one is a new connection.
  case survivesRecycledDescriptor
  /// Nothing that it opened stays open: for a connection, or for its shared source.
  case closesWhatItOpens
  /// The next look that it asks for is in the future, and a ping that was not sent is not tried again at once.
  case movesDeadlinesOn
  /// At a connection at rest it does not say again what stands: a look that changes nothing must cost no vote.
  case repeatsNothing
}

extension ConformanceRule: CustomStringConvertible {
  public var description: String { rawValue }
}
