import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// Options that detectors change are back to what the app had set.
struct OptionTests {
  /// TCP_RTO_MAX_MS, which kernels before Linux 6.15 do not have.
  private static let retransmissionLimit: CInt = 44

  private static let options: [(level: CInt, name: CInt, value: CInt)] = [
    (SOL_SOCKET, SO_KEEPALIVE, 1), (CInt(IPPROTO_TCP), TCP_KEEPIDLE, 77),
    (CInt(IPPROTO_TCP), TCP_KEEPINTVL, 33),
    (CInt(IPPROTO_TCP), TCP_KEEPCNT, 5), (CInt(IPPROTO_TCP), TCP_THIN_LINEAR_TIMEOUTS, 1),
    (CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 54_321), (CInt(IPPROTO_TCP), retransmissionLimit, 60_000),
    (CInt(IPPROTO_IP), IP_RECVERR, 1),
  ]

  private func values(_ socket: CInt) -> [CInt] {
    Self.options.map { option in
      var value: CInt = -1
      var length = socklen_t(MemoryLayout<CInt>.size)
      getsockopt(socket, option.level, option.name, &value, &length)
      return value
    }
  }

  @Test(arguments: NamedPolicies.all, [false, true])
  func areBackAfterUnwatch(policy: Policy, isSetByTheApp: Bool) throws {
    let pair = try TCPPair.loopback()
    if isSetByTheApp {
      for option in Self.options {
        var value = option.value
        setsockopt(pair.client, option.level, option.name, &value, socklen_t(MemoryLayout<CInt>.size))
      }
    }
    let before = values(pair.client)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: policy)
    let changesNothing = [
      "epoll", "tcp-info", "heartbeat", "progress", "activity", "link", "socket-diag",
    ].contains(policy.name)
    let wantsWhatIs = policy.name == "icmp" && isSetByTheApp
    #expect((values(pair.client) == before) == (changesNothing || wantsWhatIs))
    usleep(30_000)
    monitor.unwatch(id)
    #expect(values(pair.client) == before)
  }

  @Test func areBackAfterShutDownAndAfterTheMonitorGoes() throws {
    let (first, second) = (try TCPPair.loopback(), try TCPPair.loopback())
    let before = values(first.client)
    let monitor = try Monitor()
    _ = try monitor.watch(first.client, policy: .fastPath)
    monitor.shutDown()
    #expect(values(first.client) == before)
    do {
      let short = try Monitor()
      _ = try short.watch(second.client, policy: .fastPath)
    }
    #expect(values(second.client) == before)
  }

  /// A second monitor finds the options of the first and puts those back; last out leaves the app's own.
  @Test func areBackWhenWatchesAreNested() throws {
    let pair = try TCPPair.loopback()
    let before = values(pair.client)
    let (outer, inner) = (try Monitor(), try Monitor())
    let id = try outer.watch(pair.client, policy: .lan)
    let between = values(pair.client)
    let other = try inner.watch(pair.client, policy: .wan)
    inner.unwatch(other)
    #expect(values(pair.client) == between)
    outer.unwatch(id)
    #expect(values(pair.client) == before)
  }

  /// Two detectors set TCP_USER_TIMEOUT, here by two monitors. In whatever order they come and go, neither takes
  /// the other's away and the app's is back in the end.
  @Test(arguments: [
    (0 as CInt, 0), (0, 1), (0, 2), (0, 3), (54_321, 0), (54_321, 1), (54_321, 2), (54_321, 3),
  ])
  func twoWhoSetTheUserTimeoutDoNotUndoEachOther(apps: CInt, order: Int) throws {
    let pair = try TCPPair.loopback()
    var value = apps
    setsockopt(pair.client, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, socklen_t(MemoryLayout<CInt>.size))
    let before = values(pair.client)
    let (first, second) = (try Monitor(), try Monitor())
    let paceIsFirst = order & 1 == 0
    let policies = paceIsFirst ? [Policy.kernelOnly, .userTimeoutOnly] : [.userTimeoutOnly, .kernelOnly]
    let ids = [
      try first.watch(pair.client, policy: policies[0]), try second.watch(pair.client, policy: policies[1]),
    ]
    #expect(userTimeout(pair.client) == 10_000 || paceIsFirst)
    let leavesFirst = order & 2 == 0 ? 0 : 1
    (leavesFirst == 0 ? first : second).unwatch(ids[leavesFirst])
    let paceIsLeft = (leavesFirst == 0) != paceIsFirst
    // Faster retransmissions alone keep the kernel's usual patience, unless the app has one of its own.
    let found = userTimeout(pair.client)
    #expect(
      paceIsLeft ? (apps == 0 ? found > 900_000 : found == apps) : found == 10_000, "\(found)")
    (leavesFirst == 0 ? second : first).unwatch(ids[1 - leavesFirst])
    #expect(values(pair.client) == before)
  }

  private func userTimeout(_ socket: CInt) -> CInt {
    var value: CInt = -1
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &length)
    return value
  }

  /// A socket of IPv6 may speak IPv4 as well: both families' options are set, and put back.
  @Test func errorsAreAskedForInBothFamilies() throws {
    let (client, listener) = try connectionOverIPv6()
    defer {
      close(client)
      close(listener)
    }
    func values() -> [CInt] {
      [(CInt(IPPROTO_IP), IP_RECVERR), (CInt(IPPROTO_IPV6), IPV6_RECVERR)].map { level, name in
        var value: CInt = -1
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(client, level, name, &value, &length)
        return value
      }
    }
    #expect(values() == [0, 0])
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let id = try monitor.watch(client, policy: .icmpOnly)
    #expect(values() == [1, 1])
    monitor.unwatch(id)
    #expect(values() == [0, 0])
  }

  private func connectionOverIPv6() throws -> (client: CInt, listener: CInt) {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let (client, listener) = (socket(AF_INET6, type, 0), socket(AF_INET6, type, 0))
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) | listen(listener, 1) | getsockname(listener, address, &length)
          | connect(client, address, length)
      }
    }
    try #require(code == 0 && client >= 0 && listener >= 0, "a connection over ::1")
    return (client, listener)
  }
}
