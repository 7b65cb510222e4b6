import FlatlineCore
public import FlatlineExplaining
import FlatlineTCPInfo

extension SocketDiagDetector: ExplainableDetector {
  public var timers: SocketTimers { judgement.timers }

  /// What `tcp-info` promises, by readings that may be a little old.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    judgement.promise(circumstances).map { promised in
      var late = promised
      late.by += DiagSampler.freshness
      return late
    }
  }
}
