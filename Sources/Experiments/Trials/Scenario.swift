public import Flatline
public import FlatlineLab

/// A fault, or trouble that is none, and what should come of it.
public struct Scenario: Sendable {
  /// Who shares a lab.
  public enum Company: Hashable, Sendable {
    /// The connections of all policies.
    case everyone
    /// Those whose policy has this detector have none of the others; one that suspects sooner than this has a lab for
    /// itself: what the detector does then changes what others measure.
    case apart(DetectorName, sooner: Duration)
    /// Nobody: connections must not share the path.
    case nobody
  }

  /// What strikes.
  public var fault: Fault
  /// As what `flatline explain` knows it.
  public var faultClass: FaultClass
  /// What a living connection has to bear in it.
  public var trouble: Endurance
  /// Whether the fault befalls each connection by itself, at its own time.
  public var isEach = false
  /// Whose connections share its lab.
  public var company = Company.everyone
  /// Whether the fault itself makes the client send all it can.
  public var isSending = false
  /// For trouble that passes: how often it comes.
  public var period: Duration?
  private var expectations: [Traffic: Expectation]
  private var standard: Expectation

  /// A scenario with one expectation, whatever the traffic.
  ///
  /// - Parameters:
  ///   - fault: what happens.
  ///   - faultClass: which of the explained faults it is like; unless given, the one of its name, or a silent drop.
  ///   - expectation: unless given: dead of any cause within the promise, or alive where the fault is none.
  ///   - trouble: what a living connection has to bear.
  public init(
    _ fault: Fault, like faultClass: FaultClass? = nil, _ expectation: Expectation? = nil,
    trouble: Endurance = Endurance()
  ) {
    self.fault = fault
    self.faultClass = faultClass ?? FaultClass(rawValue: fault.name) ?? .silentDrop
    self.trouble = trouble
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
    expectations = [.idle: idle, .inFlight: active, .heartbeat: heartbeat]
    standard = idle
  }

  /// A copy whose fault befalls each connection by itself.
  func each() -> Scenario {
    var copy = self
    copy.isEach = true
    return copy
  }

  /// A copy whose lab is shared by fewer.
  func among(_ company: Company) -> Scenario {
    var copy = self
    copy.company = company
    return copy
  }

  /// A copy whose fault makes the client send.
  func sending() -> Scenario {
    var copy = self
    copy.isSending = true
    return copy
  }

  /// A copy whose trouble comes again and again.
  func every(_ period: Duration) -> Scenario {
    var copy = self
    copy.period = period
    return copy
  }

  /// The fault's name.
  public var name: String { fault.name }
  /// Whether the connection is really lost; if not, it must survive.
  public var isFault: Bool { fault.isFault }

  /// How many connections a policy watches, begun at different times, so that the fault meets its timers at different
  /// points: a time that depends on the point is known by its worst only.
  ///
  /// - Parameter policy: whose connections.
  public func phases(of policy: Policy) -> Int {
    guard isFault, company != .nobody else { return 1 }
    // Many that send all they can would measure each other: of those only one that looks seldom is tried more than once.
    return isSending && !policy.uses(UserTimeoutDetector.name) ? 1 : 5
  }

  /// What should come of it.
  ///
  /// - Parameter traffic: what the app does meanwhile.
  public func expectation(_ traffic: Traffic) -> Expectation { expectations[traffic] ?? standard }
}
