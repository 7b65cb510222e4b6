import FlatlineCore
public import FlatlineExplaining

extension LinkDetector: ExplainableDetector {
  /// It sets nothing and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// Faults of our own side: suspicious when the kernel reports them or others suspect; an absence is a death once the
  /// grace is over.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    guard case .localLoss(let cause) = scenario.effect else { return [] }
    let news = (scenario.carrierNews ?? .zero) + FaultScenario.slack
    let told = min(news, scenario.suspectedWithin ?? news)
    let suspicion = PromisedEvidence(.suspicious, layer: .link, cause: cause, by: told)
    guard cause != .routeChanged else { return [suspicion] }
    return [suspicion, PromisedEvidence(.dead, layer: .link, cause: cause, by: told + grace)]
  }

  /// Only faults of our own side; the death of an absence once the grace is over. Its beginning is kept in whole milliseconds.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    guard case .localLoss(let cause) = scenario.effect else { return nil }
    return switch accusation {
    case .suspicion: .zero
    case .death: cause == .routeChanged ? nil : grace - .milliseconds(1)
    case .proof: nil
    }
  }
}
