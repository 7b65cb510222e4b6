import Flatline

/// Convicts each connection some time after its watch began, whatever it does: a verdict on command, of which
/// SwiftNIO knows nothing.
struct DoomDetector: Detector {
  static let name: DetectorName = "doom"
  static let settings: [SettingDescription] = [
    .duration("after", .milliseconds(20), in: .milliseconds(1) ... .seconds(60), "Time to live.")
  ]
  struct State: BitwiseCopyable { let end: MonotonicTime }
  private let after: Duration

  init(settings: DetectorSettings) throws(PolicyError) { after = try settings.duration("after") }

  var interest: Interest { Interest() }

  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    State(end: now + after)
  }

  func deadline(_ state: State) -> MonotonicTime? { state.end }

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State) -> Evidence? {
    guard signal.now + .milliseconds(1) >= state.end else { return nil }
    return Evidence(.dead, layer: .path, cause: .pathSilent, at: signal.now)
  }

  static let registry = DetectorRegistry.builtIn.registering(DoomDetector.self)
  static let policy = Policy(name: "doomed", detectors: [DetectorUse(name)], suspect: "doom", dead: "doom")
}
