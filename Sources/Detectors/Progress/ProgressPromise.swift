import FlatlineCore
public import FlatlineExplaining

extension ProgressDetector: ExplainableDetector {
  /// It sets nothing and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// How long a veto may last: `memory` after the last sign of life, `stallLimit` for a closed window.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    switch scenario.effect {
    case .silence, .localLoss, .hang, .finish, .reset, .forgotten, .destroyed, .largePacketsLost:
      // On an idle connection nothing moved before the fault, unless a heartbeat or the peer did.
      let isQuiet = scenario.traffic == .idle && !scenario.fault.stopsPings && scenario.hearsWithin == .zero
      return isQuiet ? [] : [.alive(.process, until: memory + scenario.hearsWithin)]
    case .closedWindow:
      guard let stuck = scenario.isStuckWithin else { return [] }
      let limit = stuck + period * 2 + stallLimit + FaultScenario.slack
      return [
        .alive(.host, until: limit),
        PromisedEvidence(.suspicious, layer: .process, cause: .stalled, by: limit),
      ]
    }
  }

  /// A window that closes is suspicious after a while, and nothing is a death.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    accusation == .suspicion ? .zero : nil
  }
}
