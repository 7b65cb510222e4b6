import Flatline

/// A time in which a living peer was not trusted.
public struct MistakenDistrust: Hashable, Sendable {
  /// Time since the fault, as all offsets of a trial.
  public var start: Duration
  /// `nil` if it lasted to the end of the watch.
  public var end: Duration?
}

extension TrialResult {
  /// The lowest gravity of a verdict that counts as distrust.
  public enum Distrust: Int, Hashable, Sendable, CaseIterable {
    /// Suspect, or anything graver.
    case suspicion = 1
    /// Dead.
    case conviction = 3
  }

  /// The time in which the peer certainly lived: until the fault, or the whole watch where there was none.
  ///
  /// - Parameter scenario: of the trial.
  public func alive(in scenario: Scenario) -> ClosedRange<Duration> {
    let start = .zero - quiet
    return start...max(start, scenario.isFault ? .zero : length)
  }

  /// The mistakes made while the peer lived.
  ///
  /// - Parameters:
  ///   - scenario: of the trial.
  ///   - distrust: the gravity that counts.
  public func mistakes(in scenario: Scenario, _ distrust: Distrust) -> [MistakenDistrust] {
    let alive = alive(in: scenario)
    var mistakes: [MistakenDistrust] = []
    var isOpen = false
    for event in events where event.offset < alive.upperBound {
      // A death is final: evidence of life after it takes the distrust back.
      guard let gravity = event.isMistake ? 0 : event.verdict?.gravity else { continue }
      let doubts = gravity >= distrust.rawValue
      if doubts, !isOpen { mistakes.append(MistakenDistrust(start: event.offset)) }
      if !doubts, isOpen { mistakes[mistakes.count - 1].end = event.offset }
      isOpen = doubts
    }
    return mistakes
  }
}
