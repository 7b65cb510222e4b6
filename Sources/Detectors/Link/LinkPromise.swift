import FlatlineCore
public import FlatlineExplaining

extension LinkDetector: ExplainableDetector {
  /// It sets nothing and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// Faults of our own side: suspicious when the kernel reports them or others suspect; a death once the grace is over.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    guard case .localLoss(let cause) = scenario.effect else { return [] }
    let news = (scenario.carrierNews ?? .zero) + FaultScenario.slack
    let told = min(news, scenario.suspectedWithin ?? news)
    return [
      PromisedEvidence(.suspicious, layer: .link, cause: cause, by: told),
      PromisedEvidence(.dead, layer: .link, cause: cause, by: told + grace),
    ]
  }

  /// Only faults of our own side; a death once the grace is over. Its beginning is kept in whole milliseconds.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    guard case .localLoss = scenario.effect else { return nil }
    return switch accusation {
    case .suspicion: .zero
    case .death: grace - .milliseconds(1)
    case .proof: nil
    }
  }
}
