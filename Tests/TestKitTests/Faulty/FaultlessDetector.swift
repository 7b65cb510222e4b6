import FlatlineCore

/// A detector that keeps to every rule: data that nobody acknowledges is dead after a second. The faulty ones are
/// made of it, each with one fault.
protocol DetectorOfOneFault: Detector where State == Memory {
  init()
}

struct Memory: BitwiseCopyable, Sendable {
  var looks = 0
  var lastLook = MonotonicTime.never
  /// What stands.
  var leaning = Leaning.abstaining
}

extension DetectorOfOneFault {
  static var name: DetectorName { "faulty" }
  init(settings: DetectorSettings) throws(PolicyError) { self.init() }
  var needs: Needs { Needs(readiness: [.readHangUp], period: .milliseconds(100)) }

  func begin(_ look: borrowing Look) -> Memory? { Memory() }

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion { faultless(look, &state) }

  /// What the faultless one makes of a look.
  func faultless(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if let end = look.end {
      state.leaning = .dead
      return Opinion(end.evidence(at: look.now), next: end.isHalfClose ? nil : .never)
    }
    guard let info = look.tcpInfo else { return .unchanged }
    let isDead = info.isInFlight && info.sinceAcknowledged > .seconds(1)
    let leaning = isDead ? Leaning.dead : .alive
    if state.leaning == leaning { return .unchanged }
    state.leaning = leaning
    return Opinion(
      isDead
        ? Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now, tcpInfo: info)
        : .alive(.host, at: look.now))
  }
}

struct Faultless: DetectorOfOneFault {}
