import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// Notices on the error queue are no errors: completions of MSG_ZEROCOPY, and timestamps of what was sent.
@Suite(.onOwnThread)
struct ErrorQueueTests {
  enum Notice: CaseIterable, Sendable {
    case completion, timestamp

    /// SO_ZEROCOPY; SO_TIMESTAMPING with TX_SOFTWARE, TX_ACK and SOFTWARE.
    var option: (name: CInt, value: CInt) { self == .completion ? (60, 1) : (37, 2 | 16 | 1 << 9) }
    /// MSG_ZEROCOPY.
    private var flag: CInt { self == .completion ? 0x400_0000 : 0 }

    func isOn(_ isOn: Bool, _ socket: CInt) {
      var value = isOn ? option.value : 0
      setsockopt(socket, SOL_SOCKET, option.name, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Sends, and returns when the notice has come.
    func come(to socket: CInt) throws {
      let bytes = [UInt8](repeating: 7, count: 20_000)
      #expect(send(socket, bytes, bytes.count, flag | CInt(MSG_NOSIGNAL)) == bytes.count)
      try #require(eventually { socket.has(POLLERR) })
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let notice: Notice
    let policy: Policy
    let isIPv6: Bool
    let isTaken: Bool
    var testDescription: String {
      "\(notice), \(policy.name), \(isIPv6 ? "IPv6" : "IPv4"), \(isTaken ? "taken" : "left")"
    }
  }

  static let cases = Notice.allCases.flatMap { notice in
    [Policy.epollOnly, .icmpOnly, .fastPath, .wan].flatMap { policy in
      [false, true].flatMap { isIPv6 in
        [false, true].map { Case(notice: notice, policy: policy, isIPv6: isIPv6, isTaken: $0) }
      }
    }
  }

  @Test(arguments: cases) func aNoticeChangesNoVerdict(each: Case) throws {
    let pair = try Pair(isIPv6: each.isIPv6)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: each.policy, onEvent: log.take)
    // Switched on during the watch, as by a library.
    each.notice.isOn(true, pair.client)
    for _ in 0..<3 {
      try each.notice.come(to: pair.client)
      monitor.process()
      pair.drain()
      if each.isTaken { pair.client.takeNotices() }
      monitor.process()
    }
    // Notices that wait are still none when the app asks for no more of them.
    each.notice.isOn(false, pair.client)
    #expect(send(pair.server, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    try #require(eventually { pair.client.has(POLLIN) })
    monitor.process()
    #expect(log.changes.isEmpty && log.ballots.allSatisfy { $0.evidence.leaning == .alive }, "\(log.events)")
    // Nothing was taken from the app.
    if !each.isTaken { #expect(pair.client.takeNotices() > 0) }
  }

  /// An app that takes its notices at once: EPOLLERR has been reported, and nothing is left to explain it.
  @Test(arguments: Notice.allCases) func whatTheAppHasTakenMeanwhileIsNoError(notice: Notice) throws {
    let pair = try Pair(isIPv6: false)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: .icmpOnly, onEvent: log.take)
    notice.isOn(true, pair.client)
    let soft = SoftErrorReading(pair.client)
    try notice.come(to: pair.client)
    #expect(!soft.isPending(stands: true))
    pair.client.takeNotices()
    #expect(!soft.isPending(stands: false))
    monitor.process()
    #expect(log.changes.isEmpty)
  }

  /// Both sides close in order while notices wait: the app's EPOLLERR is no reset.
  @Test(arguments: Notice.allCases) func anEndInOrderIsStillInOrder(notice: Notice) throws {
    let pair = try Pair(isIPv6: false)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    var policy = Policy.fastPath
    policy.halfClose = .halfClosed
    let id = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    notice.isOn(true, pair.client)
    try notice.come(to: pair.client)
    pair.drain()
    try #require(eventually { (try? LiveSocketAccess().tcpInfo(pair.client).isInFlight) == false })
    monitor.look(at: id)
    shutdown(pair.server, CInt(SHUT_WR))
    try #require(eventually { pair.client.has(0x2000) })
    monitor.process()
    #expect(log.verdicts == [.halfClosed])
    shutdown(pair.client, CInt(SHUT_WR))
    try #require(eventually { pair.client.has(POLLHUP) })
    monitor.process()
    #expect(log.verdicts == [.halfClosed, .dead(.peerClosed)])
  }

  /// A reset is one, whatever else waits.
  @Test(arguments: Notice.allCases) func aResetIsStillFoundAtOnce(notice: Notice) throws {
    let pair = try Pair(isIPv6: true)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: .fastPath, onEvent: log.take)
    notice.isOn(true, pair.client)
    try notice.come(to: pair.client)
    monitor.process()
    pair.resetByServer()
    try #require(eventually { pair.client.has(POLLHUP) })
    monitor.process()
    #expect(log.verdicts == [.dead(.peerReset)])
  }
}

/// A connection over the loopback, whose server reads only on request.
private final class Pair {
  let client: CInt
  let server: CInt
  private var serverIsOpen = true

  init(isIPv6: Bool) throws {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let family = isIPv6 ? AF_INET6 : AF_INET
    let listener = socket(family, type, 0)
    defer { Glibc.close(listener) }
    client = socket(family, type, 0)
    var storage = sockaddr_storage()
    storage.ss_family = sa_family_t(family)
    if isIPv6 {
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: in6addr_loopback, toByteOffset: 8, as: in6_addr.self)
      }
    } else {
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: UInt32(0x7F00_0001).bigEndian, toByteOffset: 4, as: UInt32.self)
      }
    }
    var length = socklen_t(isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &storage) { [client] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) | listen(listener, 1) | getsockname(listener, address, &length)
          | connect(client, address, length)
      }
    }
    server = accept(listener, nil, nil)
    try #require(code == 0 && server >= 0, "a connection over the loopback")
  }

  deinit {
    Glibc.close(client)
    if serverIsOpen { Glibc.close(server) }
  }

  func drain() {
    var buffer = [UInt8](repeating: 0, count: 100_000)
    while recv(server, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 {}
  }

  func resetByServer() {
    drain()
    var setting = linger(l_onoff: 1, l_linger: 0)
    setsockopt(server, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    serverIsOpen = false
    Glibc.close(server)
  }
}

/// What the monitor reads where EPOLLERR was reported.
private struct SoftErrorReading {
  private let descriptor: CInt

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  func isPending(stands: Bool) -> Bool {
    SoftErrors(on: descriptor, by: LiveSocketAccess()).isPending { stands }
  }
}

extension CInt {
  /// Whether poll(2) reports a bit now. Takes nothing.
  fileprivate func has(_ bit: CInt) -> Bool {
    var entry = pollfd(fd: self, events: Int16(POLLIN | 0x2000), revents: 0)
    poll(&entry, 1, 0)
    return CInt(entry.revents) & bit != 0
  }

  /// Takes what the error queue holds, as an app does. Returns the number of notices.
  @discardableResult
  fileprivate func takeNotices() -> Int {
    var count = 0
    var bytes = [UInt8](repeating: 0, count: 30_000)
    var control = [UInt8](repeating: 0, count: 512)
    while true {
      let result = bytes.withUnsafeMutableBytes { bytes in
        control.withUnsafeMutableBytes { control in
          var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
          return withUnsafeMutablePointer(to: &part) { part in
            var message = msghdr()
            message.msg_iov = part
            message.msg_iovlen = 1
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
            // MSG_ERRQUEUE.
            return recvmsg(self, &message, 0x2000 | CInt(MSG_DONTWAIT))
          }
        }
      }
      if result < 0 { return count }
      count += 1
    }
  }
}
