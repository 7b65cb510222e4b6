import Flatline
import FlatlineCHeader

/// A callback of a C program with its context.
///
/// `@unchecked Sendable` holds because the context is only ever handed back to the program, which promised in
/// `flatline.h` that it may be used on the monitor's thread until the watch ends.
struct Callback: @unchecked Sendable {
  let function: flatline_callback
  let context: UnsafeMutableRawPointer?

  @Sendable func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event else { return }
    change.reason.withCString { reason in
      // An empty text stands for no cause while the pointer is made; C is given NULL.
      (change.cause?.rawValue ?? "").withCString { cause in
        var told = flatline_change(
          size: UInt32(MemoryLayout<flatline_change>.size), verdict: change.verdict.code,
          previous: change.previous.code, half_close: change.isHalfClose ? 1 : 0,
          connection: change.connection.rawValue, time_ns: change.time.nanoseconds,
          cause: change.cause == nil ? nil : cause, reason: reason)
        function(&told, context)
      }
    }
  }
}

/// A ping of a C program with its context.
///
/// `@unchecked Sendable` holds for the reason that ``Callback`` has.
struct PingCallback: Pinger, @unchecked Sendable {
  let function: flatline_ping
  let context: UnsafeMutableRawPointer?

  func sendPing() -> PingOutcome {
    switch function(context) {
    case 1: .sent
    case 0: .notNow
    default: .never
    }
  }
}

extension Verdict {
  /// As `flatline.h` numbers it.
  var code: Int32 {
    switch self {
    case .alive: Int32(FLATLINE_ALIVE)
    case .suspect: Int32(FLATLINE_SUSPECT)
    case .halfClosed: Int32(FLATLINE_HALF_CLOSED)
    case .dead: Int32(FLATLINE_DEAD)
    }
  }
}

extension VerdictChange {
  /// The evidence in one line: `tcp-info: dead, path, pathSilent, stalled=3.4s retransmits=4; …`.
  var reason: String {
    decidedBy.map { ballot in
      let evidence = ballot.evidence
      let words = ["\(evidence.leaning)", evidence.layer.rawValue, evidence.cause?.rawValue].compactMap { $0 }
      let facts = evidence.facts.map { "\($0)" }.joined(separator: " ")
      return "\(ballot.detector): \(words.joined(separator: ", "))" + (facts.isEmpty ? "" : ", \(facts)")
    }.joined(separator: "; ")
  }
}
