public import Flatline

/// The promise in the documentation of a built-in policy (Choosing a policy): the detection time of a silent drop, and
/// the trouble that it survives, with the periods of the tested stalls. Times are for a path of 0.1 ms round trip;
/// longer paths add ten round trips.
public struct DocumentedPromise: Hashable, Sendable {
  /// Suspect, with data in flight.
  public let suspectInFlight: Duration
  /// Dead, with data in flight.
  public let deadInFlight: Duration
  /// Dead, idle and without a heartbeat.
  public let deadIdle: Duration
  /// Dead, idle, with a heartbeat; `nil` for a policy without one.
  public let deadHeartbeat: Duration?
  /// Dead, with a heartbeat, of a program that hangs: its kernel answers. `nil` for a policy without a heartbeat.
  public let deadHung: Duration?
  /// The trouble that it survives for a minute.
  public private(set) var survives: Endurance

  /// The promise of a policy; `nil` where nothing is documented, and for a different policy with a documented one's
  /// name.
  ///
  /// - Parameter policy: any policy.
  public init?(of policy: Policy) {
    guard let promise = DocumentedPromise.all[policy.name], NamedPolicies.named(policy.name) == policy else {
      return nil
    }
    self = promise
    // What keeps a connection from being asked, or from answering, convicts nobody under any of them.
    survives.hindrances = Set(Endurance.Hindrance.allCases)
  }

  private init(
    suspectInFlight: Duration, deadInFlight: Duration, deadIdle: Duration, deadHeartbeat: Duration? = nil,
    deadHung: Duration? = nil, survives: Endurance
  ) {
    self.suspectInFlight = suspectInFlight
    self.deadInFlight = deadInFlight
    self.deadIdle = deadIdle
    self.deadHeartbeat = deadHeartbeat
    self.deadHung = deadHung
    self.survives = survives
  }

  /// The latest time of the dead verdict after a silent drop; `nil` where none is promised.
  ///
  /// - Parameters:
  ///   - traffic: the traffic of the app.
  ///   - roundTrip: of the path.
  public func dead(_ traffic: Traffic, roundTrip: Duration = .zero) -> Duration? {
    let bound: Duration? =
      switch traffic {
      case .idle: deadIdle
      case .inFlight: deadInFlight
      case .heartbeat: deadHeartbeat
      }
    return bound.map { $0 + roundTrip * 10 }
  }

  /// The latest time of the suspect verdict after a silent drop; `nil` where none is promised.
  ///
  /// - Parameters:
  ///   - traffic: the traffic of the app.
  ///   - roundTrip: of the path.
  public func suspect(_ traffic: Traffic, roundTrip: Duration = .zero) -> Duration? {
    traffic == .inFlight ? suspectInFlight + roundTrip * 10 : nil
  }

  private static let all: [String: DocumentedPromise] = [
    "lan": DocumentedPromise(
      suspectInFlight: .milliseconds(250), deadInFlight: .milliseconds(1200),
      deadIdle: .milliseconds(2500), deadHeartbeat: .seconds(1), deadHung: .seconds(1),
      survives: Endurance(
        loss: 0.01, stall: .milliseconds(300), stallPeriod: .seconds(5), programPause: .milliseconds(500))),
    "fast-path": DocumentedPromise(
      suspectInFlight: .milliseconds(400), deadInFlight: .milliseconds(3500), deadIdle: .seconds(4),
      deadHeartbeat: .seconds(3), deadHung: .seconds(8),
      survives: Endurance(
        loss: 0.1, stall: .seconds(1), stallPeriod: .seconds(10), programPause: .seconds(5))),
    "kernel-only": DocumentedPromise(
      suspectInFlight: .milliseconds(400), deadInFlight: .milliseconds(3500), deadIdle: .seconds(4),
      // It asks no program anything: any pause is survived.
      survives: Endurance(
        loss: 0.1, stall: .seconds(1), stallPeriod: .seconds(10), programPause: .seconds(86_400))),
    "wan": DocumentedPromise(
      suspectInFlight: .seconds(1), deadInFlight: .seconds(8), deadIdle: .seconds(9),
      deadHeartbeat: .seconds(7), deadHung: .seconds(15),
      survives: Endurance(
        loss: 0.1, stall: .seconds(3), stallPeriod: .seconds(15), programPause: .seconds(10))),
    "mobile": DocumentedPromise(
      suspectInFlight: .seconds(2), deadInFlight: .seconds(25), deadIdle: .seconds(25),
      deadHeartbeat: .seconds(20), deadHung: .seconds(30),
      survives: Endurance(
        loss: 0.3, isOneWay: true, stall: .seconds(10), stallPeriod: .seconds(28),
        programPause: .seconds(20))),
    "patient": DocumentedPromise(
      suspectInFlight: .seconds(5), deadInFlight: .seconds(75), deadIdle: .seconds(75),
      deadHeartbeat: .seconds(60), deadHung: .seconds(75),
      survives: Endurance(
        loss: 0.3, stall: .seconds(30), stallPeriod: .seconds(58), programPause: .seconds(60))),
  ]
}
