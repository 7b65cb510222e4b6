import FlatlineCore
public import FlatlineExplaining

extension ProgressDetector: ExplainableDetector {
  /// It sets nothing and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// How long it may veto: the last sign of life counts for `memory`, a closed window for `stallLimit`.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    switch scenario.effect {
    case .silence, .localLoss, .hang:
      // Idle, nothing has moved before.
      return scenario.traffic == .idle ? [] : [.alive(.process, until: memory)]
    case .closedWindow:
      guard let stuck = scenario.isStuckWithin else { return [] }
      let limit = stuck + period * 2 + stallLimit + FaultScenario.slack
      return [
        .alive(.host, until: limit),
        PromisedEvidence(.suspicious, layer: .process, cause: .stalled, by: limit),
      ]
    case .finish, .reset, .forgotten, .destroyed: return []
    }
  }
}
