import FlatlineCore
public import FlatlineExplaining
import FlatlineTCPInfo

extension SocketDiagDetector: ExplainableDetector {
  public var timers: SocketTimers { judgement.timers }

  /// The promise of `tcp-info`. A reading that is a little old may miss an end; an accusation is read at its time.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    judgement.promise(scenario).map { promised in
      var late = promised
      if late.isConclusive { late.by += DiagSampler.freshness }
      return late
    }
  }

  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    judgement.earliest(accusation, in: scenario)
  }
}
