import Flatline

/// Dead when the Redis server at the other end answers no `PING` for a set time; suspicious at half of it.
///
/// It asks over a line of its own to the same server, so that the app's stream stays untouched.
public struct RedisPingDetector: Detector {
  public static let name: DetectorName = "redis-ping"
  public static let settings: [SettingDescription] = [
    .duration("every", .milliseconds(500), in: .milliseconds(10) ... .seconds(60), "Time between PINGs."),
    .duration("after", .seconds(3), in: .milliseconds(50) ... .seconds(600), "Silence that is a death."),
  ]
  public struct State: BitwiseCopyable, Sendable {
    let line: SideLine
    var lastAnswer: MonotonicTime
  }
  private let every: Duration
  private let after: Duration

  public init(settings: DetectorSettings) throws(PolicyError) {
    every = try settings.duration("every")
    after = try settings.duration("after")
  }

  public var interest: Interest { .every(every) }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    State(line: try SideLine(toPeerOf: socket.descriptor), lastAnswer: now)
  }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    // We asked nothing while we slept.
    if case .clockStall(let stall) = signal.event { state.lastAnswer = state.lastAnswer + stall }
    // An error is an answer too: "-LOADING", "-NOAUTH".
    if !state.line.received().isEmpty { state.lastAnswer = signal.now }
    if signal.event == .deadline { state.line.send("PING\r\n") }
    let silence = signal.now - state.lastAnswer
    guard silence >= after / 2 else { return .alive(.process, at: signal.now) }
    return Evidence(
      silence >= after ? .dead : .suspicious, layer: .process, cause: .peerHung, at: signal.now,
      notes: [.duration("unanswered", silence)])
  }

  public func detach(_ socket: borrowing BorrowedSocket, state: State) { state.line.close() }
  public func discard(_ state: State) { state.line.close() }
}
