public import Flatline

/// One connection under one policy in one scenario.
public struct Trial: Sendable {
  /// What watches.
  public var policy: Policy
  /// What strikes, and what must come of it.
  public var scenario: Scenario
  /// What the connection is doing.
  public var traffic: Traffic
  /// The path.
  public var conditions: Conditions
  /// The app's own TCP_USER_TIMEOUT (tcp(7)), if it sets one.
  public var userTimeout: Duration?
  /// Which of the repeated runs, from 0.
  public var repetition: Int
  /// Which of the connections of one run, from 0: each begins a fraction of the policy's own period after the one
  /// before.
  public var phase: Int
  /// Whether a heartbeat is spoken; beside data in flight, no promise counts on it.
  public var pings: Bool

  /// From its parts, each described at its property.
  public init(
    policy: Policy, scenario: Scenario, traffic: Traffic, conditions: Conditions = Conditions(),
    userTimeout: Duration? = nil, repetition: Int = 0, phase: Int = 0
  ) {
    self.policy = policy
    self.scenario = scenario
    self.traffic = traffic
    self.conditions = conditions
    self.userTimeout = userTimeout
    self.repetition = repetition
    self.phase = phase
    pings = traffic == .heartbeat
  }

  /// All that the living connection has to bear: the scenario's trouble and the path's own loss.
  public var trouble: Endurance {
    var trouble = scenario.trouble
    if conditions.loss > 0 {
      // Both lose independently.
      trouble.loss = 1 - (1 - trouble.loss) * (1 - conditions.loss)
      trouble.isOneWay = trouble.isOneWay && conditions.loss == 0
    }
    return trouble
  }
}
