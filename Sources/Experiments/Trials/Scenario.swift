public import Flatline
public import FlatlineLab

/// A fault, or trouble that is none, and its expected outcome.
public struct Scenario: Sendable {
  /// The connections that share a lab.
  public enum Company: Hashable, Sendable {
    /// The connections of all policies.
    case everyone
    /// Policies with this detector share a lab without any other policy. A policy that suspects sooner than this has
    /// its own lab: the detector's work at that moment disturbs the others' measurements.
    case apart(DetectorName, sooner: Duration)
    /// One connection only: connections must not share the path.
    case nobody
  }

  /// The fault.
  public var fault: Fault
  /// The fault's class in `flatline explain`.
  public var faultClass: FaultClass
  /// The trouble that a living connection has in it.
  public var trouble: Endurance
  /// Whether the fault strikes each connection separately, at its own time.
  public var isEach = false
  /// The connections that share its lab.
  public var company = Company.everyone
  /// Whether a run that does not name the fault tries it briefly: under ``briefPolicies``, at two points of their timers. So
  /// a run of every fault ends within three minutes.
  public var isBrief = false
  /// The policies of a brief trial.
  public static let briefPolicies: Set<String> = ["lan", "fast-path", "kernel-only", "link"]
  /// Whether the fault itself makes the client send as much as it can.
  public var isSending = false
  /// For trouble that passes: the time between its starts.
  public var period: Duration?
  /// For trouble that passes once: how long a living connection is watched in it; `nil` for as long as in any other.
  public var life: Duration?
  /// The kinds of traffic that it concerns.
  public var traffic: [Traffic]
  private var expectations: [Traffic: Expectation]
  private var standard: Expectation

  /// A scenario with one expectation, whatever the traffic.
  ///
  /// - Parameters:
  ///   - fault: what happens.
  ///   - faultClass: its class in `flatline explain`; unless given, the class of the same name, or a silent drop.
  ///   - expectation: unless given: dead of any cause within the promise, or alive where the fault is none.
  ///   - trouble: the trouble that a living connection has.
  public init(
    _ fault: Fault, like faultClass: FaultClass? = nil, _ expectation: Expectation? = nil,
    trouble: Endurance = Endurance()
  ) {
    self.fault = fault
    self.faultClass = faultClass ?? FaultClass(rawValue: fault.name) ?? .silentDrop
    self.trouble = trouble
    traffic = self.faultClass.traffic
    expectations = [:]
    standard = expectation ?? (fault.isFault ? .dead() : .alive)
  }

  /// A scenario whose outcome depends on the traffic.
  ///
  /// - Parameters:
  ///   - fault: what happens.
  ///   - idle: without a heartbeat.
  ///   - active: with data in flight.
  ///   - heartbeat: idle, with a heartbeat.
  public init(_ fault: Fault, idle: Expectation, active: Expectation, heartbeat: Expectation) {
    self.fault = fault
    faultClass = FaultClass(rawValue: fault.name) ?? .silentDrop
    trouble = Endurance()
    traffic = faultClass.traffic
    expectations = [.idle: idle, .inFlight: active, .heartbeat: heartbeat]
    standard = idle
  }

  private func with<Value>(_ property: WritableKeyPath<Scenario, Value>, _ value: Value) -> Scenario {
    var copy = self
    copy[keyPath: property] = value
    return copy
  }

  /// A copy that is tried briefly unless it is named.
  func briefly() -> Scenario { with(\.isBrief, true) }

  /// A copy that is tried under every policy, at as many points of their timers as any.
  public func inFull() -> Scenario { with(\.isBrief, false) }

  /// A copy whose fault strikes each connection separately.
  func each() -> Scenario { with(\.isEach, true) }

  /// A copy whose lab is shared by fewer connections.
  func among(_ company: Company) -> Scenario { with(\.company, company) }

  /// A copy whose fault makes the client send as much as it can.
  func sending() -> Scenario { with(\.isSending, true) }

  /// A copy for these kinds of traffic only.
  func under(_ traffic: Traffic...) -> Scenario { with(\.traffic, traffic) }

  /// A copy whose trouble is watched for so long.
  func lasting(_ life: Duration) -> Scenario { with(\.life, life) }

  /// A copy whose trouble repeats.
  func every(_ period: Duration) -> Scenario { with(\.period, period) }

  /// The fault's name.
  public var name: String { fault.name }
  /// Whether the connection is really lost; if not, it must survive.
  public var isFault: Bool { fault.isFault }

  /// How many connections a policy watches. They begin at different times, so that the fault meets the policy's timers
  /// at different points: only the worst of these points bounds the detection time.
  ///
  /// - Parameter policy: the policy of the connections.
  public func phases(of policy: Policy) -> Int {
    guard isFault, company != .nobody else { return 1 }
    if isBrief { return 2 }
    // Many connections that send as much as they can disturb each other. Of those, only a policy that looks rarely has
    // more than one.
    return isSending && !policy.uses(UserTimeoutDetector.name) ? 1 : 5
  }

  /// The expected outcome.
  ///
  /// - Parameter traffic: what the app does meanwhile.
  public func expectation(_ traffic: Traffic) -> Expectation { expectations[traffic] ?? standard }
}
