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
}
