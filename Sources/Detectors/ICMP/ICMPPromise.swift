import FlatlineCore
public import FlatlineExplaining

extension ICMPDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.receivesErrors = true
    return timers
  }

  /// An unreachable reply, a round trip after the data that it is about.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    scenario.unreachableReply.map {
      [PromisedEvidence(.suspicious, layer: .path, cause: .hostUnreachable, by: $0)]
    } ?? []
  }
}
