import FlatlineCore

/// Looks by its own deadline, and finds nothing wrong.
protocol RestingDetector: DetectorOfOneFault {}

extension RestingDetector {
  static var period: Duration { .milliseconds(70) }

  var interest: Interest { Interest() }

  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    Memory(lastLook: now + Self.period)
  }

  func deadline(_ state: Memory) -> MonotonicTime? { state.lastLook }

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    if signal.event == .deadline { state.lastLook = signal.now + Self.period }
    return nil
  }
}

/// Is spared what it would have said.
struct RestsInDoubt: RestingDetector {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    if signal.event == .deadline { state.lastLook = signal.now + Self.period }
    guard let info = try? socket.tcpInfo(), info.sinceDataReceived > .milliseconds(50) else { return nil }
    return Evidence(.suspicious, layer: .process, cause: .peerHung, at: signal.now)
  }

  func rest(
    _ info: TCPInfo, leaning: Leaning, state: inout Memory, now: MonotonicTime
  ) -> MonotonicTime? {
    state.lastLook = now + Self.period
    return state.lastLook
  }
}

/// Wants to look later where it is spared a look.
struct RestsTooLong: RestingDetector {
  func rest(
    _ info: TCPInfo, leaning: Leaning, state: inout Memory, now: MonotonicTime
  ) -> MonotonicTime? {
    state.lastLook = now + Self.period * 2
    return state.lastLook
  }
}
