import FlatlineCore

/// A detector that keeps to every rule: data that nobody acknowledges is dead after a second. The faulty ones are
/// made of it, each with one fault.
protocol DetectorOfOneFault: Detector where State == Memory {
  init()
}

struct Memory: BitwiseCopyable, Sendable {
  var looks = 0
  var lastLook = MonotonicTime.never
  /// TCP_KEEPIDLE as it was.
  var idle: CInt = 0
}

extension DetectorOfOneFault {
  static var name: DetectorName { "faulty" }
  init(settings: DetectorSettings) throws(PolicyError) { self.init() }
  var interest: Interest { Interest(readiness: [.readHangUp], period: .milliseconds(100)) }

  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory { Memory() }

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    opinion(signal, socket)
  }

  /// What the faultless one makes of a signal.
  func opinion(_ signal: Signal, _ socket: borrowing BorrowedSocket) -> Evidence? {
    guard let info = try? socket.tcpInfo() else { return nil }
    if let end = socket.ending(info, hasError: signal.reportsError, at: signal.now) { return end }
    let isDead = info.isInFlight && info.sinceAcknowledged > .seconds(1)
    return isDead
      ? Evidence(.dead, layer: .path, cause: .pathSilent, at: signal.now) : .alive(.host, at: signal.now)
  }
}

struct Faultless: DetectorOfOneFault {}
