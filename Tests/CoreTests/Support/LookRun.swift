import FlatlineCore
import FlatlineTestKit
import Testing

/// One detector and its looks, made as the monitor makes them, with times in whole milliseconds after the beginning.
final class LookRun<Method: Detector> {
  let detector: Method
  /// What TCP_INFO and the options read.
  let socket: ScriptedSocket
  private(set) var state: Method.State
  /// Milliseconds since the beginning.
  private(set) var now = 0
  private let pinger: (any Pinger)?
  private var next: MonotonicTime
  private var baseline: EndBaseline

  init(
    _ detector: Method, on socket: ScriptedSocket = ScriptedSocket(), pinger: (any Pinger)? = nil
  ) throws {
    self.detector = detector
    self.socket = socket
    self.pinger = pinger
    let look = Look(
      now: .at(0), tcpInfo: socket.info, options: socket.options, descriptor: ScriptedSocket.descriptor,
      canPing: pinger != nil)
    let begun = detector.begin(look)
    state = try #require(begun)
    baseline = EndBaseline(socket.info, at: .at(0))
    let needs = detector.needs
    next = (needs.firstLook ?? needs.period).map { .at(0) + $0 } ?? .never
  }

  /// The time of the next look, in milliseconds; `nil` for never.
  var deadline: Double? { next == .never ? nil : (next - .at(0)).milliseconds }

  /// One look, at the present or later, for these reasons; also due, if its time has come.
  @discardableResult
  func look(
    at milliseconds: Int? = nil, readiness: Readiness = [], received: Int = 0, isChallenged: Bool = false,
    news: UInt64? = nil
  ) -> Evidence? {
    now = max(now, milliseconds ?? now)
    let time = MonotonicTime.at(now)
    var look = Look(
      now: time, readiness: readiness, isDue: next <= time, received: received, isChallenged: isChallenged,
      news: news, descriptor: ScriptedSocket.descriptor, canPing: pinger != nil)
    read(&look)
    let opinion = examine(look)
    var evidence = opinion.evidence
    for action in opinion.actions where action == .ping {
      let outcome = pinger?.sendPing() ?? .never
      guard outcome != .sent else { continue }
      var answer = Look(now: time, pingOutcome: outcome, canPing: true)
      read(&answer)
      evidence = examine(answer).evidence ?? evidence
    }
    return evidence
  }

  /// The monitor slept until a moment.
  @discardableResult
  func stall(_ stall: Duration, until milliseconds: Int) -> Evidence? {
    now = milliseconds
    if next != .never { next = next + stall }
    return examine(Look(now: .at(now), stall: stall)).evidence
  }

  /// Every due look until `end`; the world is made up by `world` before each. Returns the evidence with its time.
  func run(until end: Int, _ world: (Int) -> Void = { _ in }) -> [(time: Int, evidence: Evidence)] {
    var said: [(time: Int, evidence: Evidence)] = []
    while let due = deadline, Int(due.rounded(.up)) <= end {
      let time = max(now, Int(due.rounded(.up)))
      world(time)
      if let evidence = look(at: time) { said.append((time, evidence)) }
    }
    return said
  }

  private func examine(_ look: borrowing Look) -> Opinion {
    let opinion = detector.examine(look, &state)
    if let named = opinion.next {
      next = max(named, look.now + .milliseconds(1))
    } else if look.isDue {
      next = detector.needs.period.map { look.now + $0 } ?? .never
    }
    return opinion
  }

  /// TCP_INFO and the end that it shows, if the detector needs them.
  private func read(_ look: inout Look) {
    guard detector.needs.readings.contains(.tcpInfo) else { return }
    look.tcpInfo = socket.info
    look.end = ConnectionEnd(
      socket.info, hasError: look.readiness.isEmpty ? nil : look.readiness.contains(.error),
      baseline: baseline,
      of: ScriptedSocket.descriptor, by: socket, at: look.now)
    if look.end == nil { baseline.update(socket.info, at: look.now) }
  }
}
