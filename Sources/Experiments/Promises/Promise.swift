public import Flatline

/// The promise of a policy in one trial: the latest times of its verdicts (`flatline explain`), and the trouble that it
/// survives (its documentation).
public struct Promise: Hashable, Sendable {
  /// The latest time of the first suspicion; `nil` for never.
  public var suspect: Duration?
  /// The latest time of death, or of half-close where the policy lets a FIN mean that; `nil` for never.
  public var dead: Duration?
  /// The trouble that a living connection survives; `nil` for no promise.
  public var survives: Endurance?
  /// The policy's detectors without promises: no time rests on them.
  public var leftOut: [DetectorName] = []

  /// From its parts, each described at its property.
  public init(suspect: Duration? = nil, dead: Duration? = nil, survives: Endurance? = nil) {
    self.suspect = suspect
    self.dead = dead
    self.survives = survives
  }

  /// The promise of the trial's policy in this trial.
  ///
  /// - Parameters:
  ///   - trial: any trial; without a fault no time is promised.
  ///   - registry: the detectors that its policy may name.
  public init(of trial: Trial, registry: DetectorRegistry = .builtIn) {
    var explanations = Explanations(registry)
    self = explanations.promise(of: trial)
  }

  /// The promises of many trials; every policy is explained once.
  ///
  /// - Parameters:
  ///   - trials: any.
  ///   - registry: the detectors that their policies may name.
  public static func all(of trials: [Trial], registry: DetectorRegistry = .builtIn) -> [Promise] {
    var explanations = Explanations(registry)
    return trials.map { explanations.promise(of: $0) }
  }
}
