/// The rules for every detector, of any method. Each can be checked alone.
@nonexhaustive
public enum ConformanceRule: String, CaseIterable, Sendable {
  /// No call waits: for bytes, for a lock that is held long, for time to pass.
  case neverBlocks
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
  /// Time is the look's. The same course at another time, or examined again later, gives the same opinions.
  case readsNoClock
  /// A missing reading or an unsent ping is not the peer's death.
  case survivesMissingReadings
  /// It accepts any TCP state, any reading and any readiness, and only an end by the kernel is conclusive.
  case survivesTCPState
  /// Silence, however long, is never conclusive: only what the kernel has ended is.
  case concludesOnlyEnds
  /// A new connection under the number of an old one is a new connection.
  case survivesRecycledDescriptor
  /// It closes everything that it opens: for a connection, and for its shared source.
  case closesWhatItOpens
  /// The next look that it asks for is in the future, and it does not try an unsent ping again at once.
  case movesDeadlinesOn
  /// On an idle connection it does not repeat the standing evidence: a look that changes nothing must cost no vote.
  case repeatsNothing
  /// Its shared source takes connections that come and go in any order, and wakes only those that are watched.
  case attachesInAnyOrder
  /// Its shared source reads what made its descriptor ready: otherwise it is ready again at once, for ever.
  case drainsItsSource
  /// The deadline of its shared source moves on once it has come.
  case movesItsSourceOn
}

extension ConformanceRule: CustomStringConvertible {
  public var description: String { rawValue }
}

extension ConformanceRule {
  /// What is tried, in one line.
  public var summary: String {
    switch self {
    case .neverBlocks:
      "no call waits, on a scripted socket or on a real one without bytes; a call that comes back only when the "
        + "connection is shut down is found too"
    case .silentAfterTheEnd:
      "a healthy connection after one that died is judged as if it were alone; a real socket and its peer notice "
        + "nothing after the end of the watch"
    case .setsDeclaredOptions:
      "actions set declared options only; of 22 real options of a real socket no other changes in any world, and none "
        + "stays changed"
    case .leavesBytes: "bytes that came stay for the app, none is sent, nothing is shut down, in any world"
    case .leavesPendingError: "after a RST the app's `SO_ERROR` is ECONNRESET, in any world"
    case .blamesNobodyForOurStall:
      "the monitor sleeps 150 ms to an hour, the peer goes on, the app reports its bytes late: no peer is suspected"
    case .tellsTimeForward: "evidence is not from the future and not older than the evidence before"
    case .examinesAsAFunction:
      "the same look and the same state, twice, give the same opinion and the same state"
    case .readsNoClock:
      "the same course at four times of the clock gives the same evidence; a second later the same looks give the same "
        + "opinions"
    case .survivesMissingReadings:
      "each reading is missing, once or for ever, and no ping is sent: no peer is dead for that"
    case .survivesTCPState:
      "every state with the least, usual and largest readings, every combination of readiness bits: no trap, and only "
        + "what the kernel ended is conclusive"
    case .concludesOnlyEnds: "in no world is evidence conclusive before the kernel has ended a direction"
    case .survivesRecycledDescriptor: "a new connection under an old number is new"
    case .closesWhatItOpens:
      "no descriptor stays open after a watch in any world, nor after the shared source is gone"
    case .movesDeadlinesOn:
      "the next look is in the future, after news too, and a ping that was not sent is not tried again at once"
    case .repeatsNothing: "at a connection at rest a due look does not say again what stands"
    case .attachesInAnyOrder:
      "connections of the shared source attach and detach in any order, also those that never attached: no trap, and "
        + "none is woken after its end"
    case .drainsItsSource: "a descriptor of the shared source that is ready is not ready for ever"
    case .movesItsSourceOn: "a deadline of the shared source that has come is in the future again"
    }
  }
}
