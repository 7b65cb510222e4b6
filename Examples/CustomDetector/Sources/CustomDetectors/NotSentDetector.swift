import Flatline

/// Dead when what the app writes piles up in our kernel for a set time and the peer acknowledges none of it;
/// suspicious at half of it. It convicts the peer that lives but reads no more, which TCP waits for for ever.
public struct NotSentDetector: Detector {
  public static let name: DetectorName = "not-sent"
  public static let settings: [SettingDescription] = [
    .duration("after", .seconds(30), in: .milliseconds(20) ... .seconds(3600), "Growth that is a death.")
  ]
  public struct State: BitwiseCopyable, Sendable {
    var acknowledged: UInt64 = 0
    var notSent = 0
    var since: MonotonicTime
    var standing = Leaning.abstaining
  }
  private let after: Duration

  public init(settings: DetectorSettings) throws(PolicyError) {
    after = try settings.duration("after")
  }

  public var needs: Needs { .every(after / 10) }

  public func begin(_ look: borrowing Look) -> State? { State(since: look.now) }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    // Nobody is to blame for the time that the monitor slept.
    state.since = state.since + look.stall
    guard let info = look.tcpInfo else { return .unchanged }
    if info.bytesAcknowledged != state.acknowledged || info.notSent == 0 {
      let hadDoubt = state.standing != .abstaining
      state = State(acknowledged: info.bytesAcknowledged, notSent: info.notSent, since: look.now)
      return hadDoubt ? Opinion(.withdrawn(at: look.now)) : .unchanged
    }
    let growth = info.notSent - state.notSent
    let stuck = look.now - state.since
    let leaning: Leaning = stuck >= after ? .dead : .suspicious
    guard growth > 0, stuck >= after / 2, leaning != state.standing else { return .unchanged }
    state.standing = leaning
    return Opinion(
      Evidence(
        leaning, layer: .process, cause: .stalled, at: look.now, tcpInfo: info,
        notes: [.count("growth", growth)]))
  }
}
