import FlatlineCHeader
import FlatlineTestSupport
import Glibc
import Synchronization

/// What a callback was told, copied: its texts do not outlive it.
struct Told: Sendable, Equatable {
  let verdict: Int32
  let previous: Int32
  let isHalfClose: Bool
  let isOrderly: Bool
  let connection: UInt64
  let cause: String?
  let reason: String
  let size: UInt32
}

/// The context of a test's callbacks.
final class Context: Sendable {
  private let changes = Mutex<[Told]>([])
  private let mistakeTexts = Mutex<[String]>([])
  private let pings = Mutex(0)
  /// What a ping sends on, and what it then claims.
  let socket: CInt
  let outcome: Int32

  init(socket: CInt = -1, outcome: Int32 = 1) {
    self.socket = socket
    self.outcome = outcome
  }

  var told: [Told] { changes.withLock { $0 } }
  var mistakes: [String] { mistakeTexts.withLock { $0 } }
  var pinged: Int { pings.withLock { $0 } }

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let callback: flatline_callback = { change, pointer in
    guard let change = change?.pointee, let context = Context.of(pointer) else { return }
    let told = Told(
      verdict: change.verdict, previous: change.previous, isHalfClose: change.half_close == 1,
      isOrderly: change.orderly == 1, connection: change.connection,
      cause: change.cause.map { String(cString: $0) },
      reason: String(cString: change.reason), size: change.size)
    context.changes.withLock { $0.append(told) }
  }

  static let mistakeCallback: flatline_mistake_callback = { mistake, pointer in
    guard let mistake = mistake?.pointee, let context = Context.of(pointer) else { return }
    let text =
      "\(mistake.connection) \(mistake.time_ns) \(String(cString: mistake.cause)) "
      + "(\(String(cString: mistake.reason))) \(mistake.size)"
    context.mistakeTexts.withLock { $0.append(text) }
  }

  static let ping: flatline_ping = { pointer in
    guard let context = Context.of(pointer) else { return -1 }
    context.pings.withLock { $0 += 1 }
    if context.socket >= 0 { send(context.socket, "?", 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)) }
    return context.outcome
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> Context? {
    pointer.map { Unmanaged<Context>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Waits, at most five seconds.
  func wait(for condition: (Context) -> Bool) -> Bool {
    eventually { condition(self) }
  }
}
