/// The outcome of a policy's vote on one connection. The list is complete: a program may switch over the cases.
public enum Verdict: Hashable, Sendable {
  /// No rule finds anything wrong.
  case alive
  /// Something is wrong; the connection may recover.
  case suspect
  /// The peer sent FIN, and the policy lets a half-closed connection live on.
  case halfClosed
  /// The connection is over, or as good as over, for this cause.
  case dead(Cause)

  /// Whether it is `dead`, for whatever cause.
  public var isDead: Bool {
    if case .dead = self { true } else { false }
  }

  /// The verdict's kind, without its cause.
  public var name: String {
    switch self {
    case .alive: "alive"
    case .suspect: "suspect"
    case .halfClosed: "halfClosed"
    case .dead: "dead"
    }
  }

  /// Rank of the verdict: 0 for alive, larger for graver.
  public var gravity: Int {
    switch self {
    case .alive: 0
    case .suspect: 1
    case .halfClosed: 2
    case .dead: 3
    }
  }
}

extension Verdict {
  init(_ kind: Decision.Kind, _ cause: Cause?) {
    switch kind {
    case .alive: self = .alive
    case .suspect: self = .suspect
    case .halfClosed: self = .halfClosed
    // A detector that leans to dead and names no cause saw silence.
    case .dead: self = .dead(cause ?? .pathSilent)
    }
  }
}

extension Verdict: CustomStringConvertible {
  public var description: String {
    if case .dead(let cause) = self { "dead(\(cause))" } else { name }
  }
}
