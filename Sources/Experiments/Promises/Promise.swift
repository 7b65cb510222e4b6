public import Flatline

/// What a policy promises in one trial: by when it tells the fault, as `flatline explain` says it, and what trouble it
/// survives, as its documentation says it.
public struct Promise: Hashable, Sendable {
  /// By when the connection is at least suspect; `nil` for never.
  public var suspect: Duration?
  /// By when it is dead, or half-closed where the policy lets a FIN mean that; `nil` for never.
  public var dead: Duration?
  /// What a living connection survives; `nil` for no promise.
  public var survives: Endurance?

  /// From its parts, each described at its property.
  public init(suspect: Duration? = nil, dead: Duration? = nil, survives: Endurance? = nil) {
    self.suspect = suspect
    self.dead = dead
    self.survives = survives
  }

  /// What the trial's policy promises in it.
  ///
  /// - Parameters:
  ///   - trial: any trial; where nothing is wrong, no time is promised.
  ///   - registry: the detectors that its policy may name.
  public init(of trial: Trial, registry: DetectorRegistry = .builtIn) {
    var explanations = Explanations(registry)
    self = explanations.promise(of: trial)
  }

  /// What is promised in each of many trials; every policy is explained once.
  ///
  /// - Parameters:
  ///   - trials: any.
  ///   - registry: the detectors that their policies may name.
  public static func all(of trials: [Trial], registry: DetectorRegistry = .builtIn) -> [Promise] {
    var explanations = Explanations(registry)
    return trials.map { explanations.promise(of: $0) }
  }
}
