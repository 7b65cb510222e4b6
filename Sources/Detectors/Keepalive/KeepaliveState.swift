import FlatlineCore

/// What the keepalive detector remembers of one connection.
public struct KeepaliveState: BitwiseCopyable, Sendable {
  /// The options as they were.
  let saved: KeepaliveOptions
  /// When to look next.
  var next: MonotonicTime
  /// When the first unanswered probe was noticed.
  var burstStart: MonotonicTime = .never
}

/// The four keepalive options of a socket (tcp(7), socket(7)).
struct KeepaliveOptions: BitwiseCopyable, Sendable, Hashable {
  var isOn: UInt8
  var idle: CInt
  var interval: CInt
  var count: UInt8

  init(isOn: UInt8, idle: CInt, interval: CInt, count: CInt) {
    self.isOn = isOn
    self.idle = idle
    self.interval = interval
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
