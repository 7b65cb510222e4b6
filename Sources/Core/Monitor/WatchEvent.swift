/// An event on a watched connection.
@nonexhaustive
public enum WatchEvent: Hashable, Sendable {
  /// A detector changed its evidence.
  case evidence(ConnectionID, Ballot)
  /// The policy came to another verdict.
  case verdict(VerdictChange)
  /// A ballot for alive came after a dead verdict, which is final.
  indirect case mistake(Mistake)

  /// The connection it happened on.
  public var connection: ConnectionID {
    switch self {
    case .evidence(let id, _): id
    case .verdict(let change): change.connection
    case .mistake(let mistake): mistake.connection
    }
  }
}
