import FlatlineCore
public import FlatlineExplaining

extension EpollDetector: ExplainableDetector {
  /// Epoll sets no option and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// Connection ends by the kernel, at once, by bits that prove nothing. Soft errors, if some detector enables them.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    var promised: [PromisedEvidence] = readable ? [.alive(.process, until: memory)] : []
    if var ending = scenario.ending {
      // The verdict's cause is read from the connection end, whichever detector accuses.
      ending.isConclusive = false
      promised.append(ending)
    }
    if scenario.timers.receivesErrors, let reply = scenario.unreachableReply {
      promised.append(PromisedEvidence(.suspicious, layer: .path, cause: .hostUnreachable, by: reply))
    }
    return promised
  }

  /// Its bits say what the kernel ended, or, if some detector enables them, soft errors.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    scenario.earliestEnding
  }
}
