public import Flatline

/// One connection under one policy in one scenario.
public struct Trial: Sendable {
  /// The policy under trial.
  public var policy: Policy
  /// The fault, and its expected outcome.
  public var scenario: Scenario
  /// What the connection is doing.
  public var traffic: Traffic
  /// The path.
  public var conditions: Conditions
  /// The app's own TCP_USER_TIMEOUT (tcp(7)), if it sets one.
  public var userTimeout: Duration?
  /// The number of the repeated run, from 0.
  public var repetition: Int
  /// The number of the connection within one run, from 0. Each begins a fraction of the policy's own period after the
  /// one before.
  public var phase: Int
  /// Whether a heartbeat is sent; with data in flight no promise depends on it.
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

  /// All trouble of the living connection: the scenario's and the path's own loss.
  public var trouble: Endurance {
    var trouble = scenario.trouble
    if conditions.loss > 0 {
      // The two losses are independent.
      trouble.loss = 1 - (1 - trouble.loss) * (1 - conditions.loss)
      trouble.isOneWay = trouble.isOneWay && conditions.loss == 0
    }
    return trouble
  }
}
