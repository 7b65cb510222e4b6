import Flatline
import FlatlineCHeader

/// The callbacks of a C program with their context.
///
/// `@unchecked Sendable` holds because the context is only ever handed back to the program, which promised in
/// `flatline.h` that it may be used on the monitor's thread until the watch ends.
struct Callback: @unchecked Sendable {
  let function: flatline_callback
  let mistakeFunction: flatline_mistake_callback?
  let context: UnsafeMutableRawPointer?

  @Sendable func take(_ event: WatchEvent) {
    switch event {
    case .evidence: break
    case .verdict(let change): tell(change)
    case .mistake(let mistake): tell(mistake)
    }
  }

  private func tell(_ change: VerdictChange) {
    change.reason.withCString { reason in
      // An empty string stands in for no cause to get a pointer; C gets NULL.
      (change.cause?.rawValue ?? "").withCString { cause in
        var told = flatline_change(
          size: UInt32(MemoryLayout<flatline_change>.size), verdict: change.verdict.code,
          previous: change.previous.code, half_close: change.isHalfClose ? 1 : 0,
          connection: change.connection.rawValue, time_ns: change.time.nanoseconds,
          cause: change.cause == nil ? nil : cause, reason: reason,
          orderly: change.isOrderly ? 1 : 0, reserved: 0)
        function(&told, context)
      }
    }
  }

  private func tell(_ mistake: Mistake) {
    guard let mistakeFunction else { return }
    mistake.ballot.description.withCString { reason in
      mistake.cause.rawValue.withCString { cause in
        var told = flatline_mistake(
          size: UInt32(MemoryLayout<flatline_mistake>.size), reserved: 0,
          connection: mistake.connection.rawValue, time_ns: mistake.time.nanoseconds, cause: cause,
          reason: reason)
        mistakeFunction(&told, context)
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
    case Int32(FLATLINE_PINGED): .sent
    case Int32(FLATLINE_NOT_MY_TURN): .notNow
    case Int32(FLATLINE_HANDSHAKE_PENDING): .handshakePending
    case Int32(FLATLINE_STREAM_FULL): .streamFull
    default: .never
    }
  }
}

extension Verdict {
  /// The number in `flatline.h`.
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
  /// The ballots that decided, in one line, each in the command's format.
  var reason: String { decidedBy.map(\.description).joined(separator: "; ") }
}
