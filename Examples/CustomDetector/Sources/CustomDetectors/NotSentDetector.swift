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
  }
  private let after: Duration

  public init(settings: DetectorSettings) throws(PolicyError) {
    after = try settings.duration("after")
  }

  public var interest: Interest { .every(after / 10) }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    State(since: now)
  }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    guard let info = try? socket.tcpInfo() else { return nil }
    if info.bytesAcknowledged != state.acknowledged || info.notSent == 0 {
      state = State(
        acknowledged: info.bytesAcknowledged, notSent: info.notSent, since: signal.now)
      return .alive(.process, at: signal.now)
    }
    let growth = info.notSent - state.notSent
    let stuck = signal.now - state.since
    guard growth > 0, stuck >= after / 2 else { return nil }
    return Evidence(
      stuck >= after ? .dead : .suspicious, layer: .process, cause: .stalled, at: signal.now,
      tcpInfo: info, notes: [.count("growth", growth)])
  }
}
