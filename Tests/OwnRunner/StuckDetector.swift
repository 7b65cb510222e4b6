import Flatline

/// Dead when data stays unacknowledged for a set time, suspicious at half of it. It makes a promise.
struct StuckDetector: ExplainableDetector {
  static let name: DetectorName = "stuck"
  static let settings: [SettingDescription] = [
    .duration("after", .milliseconds(500), in: .milliseconds(20) ... .seconds(60), "What is too long.")
  ]
  struct State: BitwiseCopyable, Sendable {
    var since = MonotonicTime.never
    var standing = Leaning.abstaining
  }

  private static let period = Duration.milliseconds(20)
  private let after: Duration

  init(settings: DetectorSettings) throws(PolicyError) {
    after = try settings.duration("after")
  }

  var needs: Needs { .every(StuckDetector.period) }
  var timers: SocketTimers { SocketTimers() }

  func begin(_ look: borrowing Look) -> State? { State() }

  func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    if state.since != .never { state.since = state.since + look.stall }
    guard let info = look.tcpInfo else { return .unchanged }
    guard info.unacknowledged > 0 else {
      let hadDoubt = state.standing != .abstaining
      state = State()
      return hadDoubt ? Opinion(.withdrawn(at: look.now)) : .unchanged
    }
    if state.since == .never { state.since = look.now }
    let stuck = look.now - state.since
    let leaning: Leaning = stuck >= after ? .dead : .suspicious
    guard stuck >= after / 2, leaning != state.standing else { return .unchanged }
    state.standing = leaning
    return Opinion(Evidence(leaning, layer: .path, cause: .pathSilent, at: look.now, tcpInfo: info))
  }

  func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    guard scenario.isSilence, let sent = scenario.sendsWithin else { return [] }
    let start = sent + scenario.roundTrip + StuckDetector.period * 2 + FaultScenario.slack
    return [
      PromisedEvidence(.suspicious, layer: .path, cause: .pathSilent, by: start + after / 2),
      PromisedEvidence(.dead, layer: .path, cause: .pathSilent, by: start + after),
    ]
  }
}
