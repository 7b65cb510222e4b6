import Flatline

/// The reports of a watch, in any form.
enum WatchReport {
  struct Start {
    let address: String
    let policy: String
    let heartbeat: String?
    let time: MonotonicTime
  }

  /// The reason why a watch ends.
  enum Reason: String {
    case dead
    case interrupted
    case time
  }

  struct End {
    let verdict: Verdict
    let cause: Cause?
    /// The peer ended the connection in order.
    let isOrderly: Bool
    let reason: Reason
    let status: ExitStatus
    let time: MonotonicTime
  }

  case attached(Start)
  case event(WatchEvent)
  case end(End)

  var time: MonotonicTime {
    switch self {
    case .attached(let start): start.time
    case .event(.evidence(_, let ballot)): ballot.evidence.time
    case .event(.verdict(let change)): change.time
    case .event(.mistake(let mistake)): mistake.time
    case .end(let end): end.time
    }
  }
}
