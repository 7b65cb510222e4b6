import FlatlineCore
public import FlatlineExplaining
import FlatlineTCPInfo

extension SocketDiagDetector: ExplainableDetector {
  public var timers: SocketTimers { judgement.timers }

  /// What `tcp-info` promises. An end may be missed by a reading that is a little old; what accuses is read at its time.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    judgement.promise(scenario).map { promised in
      var late = promised
      if late.isConclusive { late.by += DiagSampler.freshness }
      return late
    }
  }
}
