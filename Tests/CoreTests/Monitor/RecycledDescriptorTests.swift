import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// A descriptor that its owner closed, or gave to another socket, under the monitor.
struct RecycledDescriptorTests {
  private func keepalive(_ descriptor: CInt) -> [CInt] {
    [(SOL_SOCKET, SO_KEEPALIVE), (6, TCP_KEEPIDLE), (6, TCP_KEEPINTVL), (6, TCP_KEEPCNT)].map { level, name in
      var value: CInt = -1
      var length = socklen_t(4)
      getsockopt(descriptor, CInt(level), CInt(name), &value, &length)
      return value
    }
  }

  /// A policy that looks often, so that the test need not wait.
  private let policy = Policy(
    name: "often",
    detectors: [
      .tcpInfo(idlePeriod: .milliseconds(20), activePeriod: .milliseconds(20)), .keepalive(), .epoll(),
    ],
    suspect: "tcp-info", dead: "tcp-info")

  @Test func aClosedDescriptorIsALocalClose() throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let id = try monitor.watch(pair.client, policy: policy) { log.take($0) }
    pair.clientCloses()
    #expect(eventually { log.changes.contains { $0.verdict == .dead(.localClosed) } })
    #expect(log.changes.last?.decidedBy.first?.evidence.isConclusive == true)
    #expect(log.changes.count == 1)
    monitor.unwatch(id)
  }

  @Test func anotherSocketUnderTheSameNumberIsLeftAlone() throws {
    let (pair, second) = (try TCPPair.loopback(), try TCPPair.loopback())
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let untouched = keepalive(second.client)
    let id = try monitor.watch(pair.client, policy: policy) { log.take($0) }
    #expect(keepalive(pair.client) != untouched)
    // The number now names the second socket.
    #expect(dup2(second.client, pair.client) == pair.client)
    #expect(eventually { log.changes.contains { $0.verdict == .dead(.localClosed) } })
    monitor.unwatch(id)
    #expect(keepalive(pair.client) == untouched)
    #expect(keepalive(second.client) == untouched)
    // It can be watched as itself.
    let next = try monitor.watch(pair.client, policy: policy)
    #expect(next != id)
  }

  @Test func unwatchBeforeTheMonitorNoticesTouchesNothing() throws {
    let (pair, second) = (try TCPPair.loopback(), try TCPPair.loopback())
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let untouched = keepalive(second.client)
    let id = try monitor.watch(pair.client, policy: .keepaliveOnly)
    #expect(dup2(second.client, pair.client) == pair.client)
    monitor.unwatch(id)
    #expect(keepalive(second.client) == untouched)
  }
}
