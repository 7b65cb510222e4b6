import FlatlineCore
public import FlatlineExplaining

extension EpollDetector: ExplainableDetector {
  public var timers: SocketTimers { SocketTimers() }

  /// What the kernel ends, at once; a soft error where some detector asked the kernel for them.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    var promised = circumstances.ending.map { [$0] } ?? []
    if circumstances.timers.receivesErrors, let refusal = circumstances.refusal {
      promised.append(PromisedEvidence(.suspicious, layer: .path, cause: .hostUnreachable, by: refusal))
    }
    return promised
  }
}
