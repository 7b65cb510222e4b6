import Flatline

/// Counts the bytes of a connection, and traps where the count overflows.
struct TrappingDetector: Detector {
  static let name: DetectorName = "trapping"
  struct State: BitwiseCopyable, Sendable {
    var count = 0
  }

  init(settings: DetectorSettings) throws(PolicyError) {}

  var needs: Needs { .every(.milliseconds(20)) }

  func begin(_ look: borrowing Look) -> State? { State() }

  func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    state.count += Int(look.tcpInfo?.bytesReceived ?? 0)
    return .unchanged
  }
}
