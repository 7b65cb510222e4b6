/// Times after which the kernel would end a connection if this process held no option on it.
extension HeldOptions {
  /// The value of an option as the app set it.
  private func appsValue(of option: SocketOption, on socket: HeldSocket) -> Int? {
    (self[option]?.original ?? socket.value(of: option)).map { Int($0) }
  }

  /// Time in milliseconds after which the app's own keepalive ends a silent connection (tcp_keepalive_timer,
  /// net/ipv4/tcp_timer.c); `nil` if the app had SO_KEEPALIVE off.
  func keepaliveLimit(userTimeout: CInt, on socket: HeldSocket) -> CInt? {
    guard let isOn = appsValue(of: .keepalive, on: socket), isOn != 0,
      let idle = appsValue(of: .keepaliveIdle, on: socket),
      let interval = appsValue(of: .keepaliveInterval, on: socket),
      let count = appsValue(of: .keepaliveCount, on: socket)
    else { return nil }
    guard userTimeout > 0 else { return CInt(clamping: (idle + interval * count) * 1000) }
    // It ends at a probe's time, after the first one, and once the time-out is over.
    let rest = max(0, Int(userTimeout) - idle * 1000)
    let probes = max(1, (rest + interval * 1000 - 1) / max(1, interval * 1000))
    return CInt(clamping: (idle + interval * probes) * 1000)
  }

  /// The kernel's time-out for unacknowledged data in milliseconds, with the app's longest wait between
  /// retransmissions (tcp_model_timeout, net/ipv4/tcp_timer.c).
  func timeout(without limit: SocketOption, on socket: HeldSocket) -> CInt? {
    guard let retries = socket.access.retransmissionRetries, let longest = appsValue(of: limit, on: socket)
    else { return nil }
    return CInt(clamping: HeldOptions.timeout(retries: retries, longestWait: longest))
  }

  /// Sum of the waits of so many retransmissions, which double from 200 ms (TCP_RTO_MIN) up to the longest wait.
  static func timeout(retries: Int, longestWait: Int) -> Int {
    let first = 200
    let longest = max(longestWait, first)
    var doublings = 0
    while first << (doublings + 1) <= longest { doublings += 1 }
    let doubled = min(max(retries, 0), doublings)
    return ((2 << doubled) - 1) * first + max(0, retries - doublings) * longest
  }
}
