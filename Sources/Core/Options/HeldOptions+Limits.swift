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

  /// TCP_USER_TIMEOUT in milliseconds that ends unacknowledged data when the kernel would without one, with the app's
  /// longest wait between retransmissions.
  func timeout(without limit: SocketOption, on socket: HeldSocket) -> CInt? {
    guard let retries = socket.access.retransmissionRetries, let longest = appsValue(of: limit, on: socket)
    else { return nil }
    let info = try? socket.access.tcpInfo(socket.descriptor)
    let wait = info.map { Int(clamping: $0.retransmissionTimeout.clampedNanoseconds / 1_000_000) } ?? 0
    return CInt(clamping: HeldOptions.timeout(retries: retries, firstWait: wait, longestWait: longest))
  }

  /// Time from the first retransmission to the end by the kernel, in milliseconds.
  ///
  /// The kernel compares the time with a limit whenever a wait is over, and the waits double (RFC 6298, 5.5). A
  /// TCP_USER_TIMEOUT shortens the last wait to its own end: so this is the end of that wait, and a little more.
  static func timeout(retries: Int, firstWait: Int, longestWait: Int) -> Int {
    let limit = limit(retries: retries, longestWait: longestWait)
    let first = max(firstWait, leastWait)
    let longest = max(longestWait, first)
    var wait = first
    var elapsed = 0
    while elapsed < limit {
      wait = min(wait * 2, longest)
      elapsed += wait
    }
    return elapsed + first * 2
  }

  /// TCP_RTO_MIN.
  private static let leastWait = 200

  /// The sum of so many waits, which double from TCP_RTO_MIN up to the longest (tcp_model_timeout,
  /// net/ipv4/tcp_timer.c).
  static func limit(retries: Int, longestWait: Int) -> Int {
    let longest = max(longestWait, leastWait)
    var doublings = 0
    while leastWait << (doublings + 1) <= longest { doublings += 1 }
    let doubled = min(max(retries, 0), doublings)
    return ((2 << doubled) - 1) * leastWait + max(0, retries - doublings) * longest
  }
}
