import FlatlineCore
public import FlatlineExplaining
import FlatlineTCPInfo

extension SocketDiagDetector: ExplainableDetector {
  public var timers: SocketTimers { judgement.timers }

  /// What ``TCPInfoDetector`` promises with the same settings.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] { judgement.promise(circumstances) }
}
