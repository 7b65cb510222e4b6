import FlatlineCore

/// What the keepalive detector remembers of one connection.
public struct KeepaliveState: BitwiseCopyable, Sendable {
  /// When to look next.
  var next: MonotonicTime
  /// When the first unanswered probe was noticed.
  var burstStart: MonotonicTime = .never
  /// What earlier bursts teach.
  var patience = Patience()
  /// The options as they were.
  let saved: KeepaliveOptions
  /// What the end is told by; `nil` while it has not been seen. See `TCPInfo.beyondDataAtRest`.
  var beyondData: UInt8? {
    get { rawBeyondData == .max ? nil : rawBeyondData }
    set { if let newValue { rawBeyondData = newValue } }
  }
  private var rawBeyondData = UInt8.max
  /// A probe of this burst that was asked for again is unanswered too.
  var isUnansweredAgain = false

  init(saved: KeepaliveOptions, next: MonotonicTime) {
    self.saved = saved
    self.next = next
  }
}

/// The four keepalive options of a socket (tcp(7), socket(7)).
struct KeepaliveOptions: BitwiseCopyable, Sendable, Hashable {
  // As small as the kernel's largest values: 32767 seconds and 127 probes.
  private let idleSeconds: UInt16
  private let intervalSeconds: UInt16
  private let isOn: UInt8
  private let count: UInt8

  var idle: CInt { CInt(idleSeconds) }
  var interval: CInt { CInt(intervalSeconds) }

  init(isOn: UInt8, idle: CInt, interval: CInt, count: CInt) {
    self.isOn = isOn
    idleSeconds = UInt16(clamping: idle)
    intervalSeconds = UInt16(clamping: interval)
    self.count = UInt8(clamping: count)
  }

  init(of socket: borrowing BorrowedSocket) throws(Errno) {
    self.init(
      isOn: UInt8(clamping: try socket.option(.keepalive)), idle: try socket.option(.keepaliveIdle),
      interval: try socket.option(.keepaliveInterval), count: try socket.option(.keepaliveCount))
  }

  func apply(to socket: borrowing BorrowedSocket) throws(Errno) {
    try socket.setOption(.keepaliveIdle, to: idle)
    try socket.setOption(.keepaliveInterval, to: interval)
    try socket.setOption(.keepaliveCount, to: CInt(count))
    try socket.setOption(.keepalive, to: CInt(isOn))
  }

  /// Puts everything back, as far as the socket still takes options.
  func restore(to socket: borrowing BorrowedSocket) {
    // SO_KEEPALIVE first: turned off, no probe is sent while the rest changes.
    try? socket.setOption(.keepalive, to: CInt(isOn))
    try? socket.setOption(.keepaliveIdle, to: idle)
    try? socket.setOption(.keepaliveInterval, to: interval)
    try? socket.setOption(.keepaliveCount, to: CInt(count))
  }
}
