import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// The kernel gives a connection up: the app still gets its own ETIMEDOUT.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct TimeOutTransparencyTests {
  /// Everything is dropped under data in flight until TCP_USER_TIMEOUT ends the connection.
  private func timeOut(_ lab: Lab, policy: Policy?, first: AppCall) throws -> [CallResult] {
    lab.path.heal()
    let connection = try lab.connect()
    defer { connection.close() }
    let descriptor = connection.descriptor
    var limit: CUnsignedInt = 700
    setsockopt(
      descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, socklen_t(MemoryLayout.size(ofValue: limit)))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    if let policy { _ = try monitor.watch(descriptor, policy: policy, onEvent: log.take) }
    usleep(50_000)
    try lab.path.update { $0.blackhole = true }
    send(descriptor, "in flight", 9, CInt(MSG_NOSIGNAL))
    // Until the kernel has ended it: POLLHUP takes nothing.
    var entry = pollfd(fd: descriptor, events: 0, revents: 0)
    #expect(poll(&entry, 1, 10_000) == 1)
    if policy != nil {
      #expect(
        log.wait { log.ballots.contains { $0.evidence.isConclusive && $0.evidence.cause == .timedOut } })
      #expect(log.changes.last?.verdict.isDead == true)
    }
    return AppCall.sequence(first: first, on: descriptor)
  }

  @Test(arguments: [Policy.fastPath, .kernelOnly], AppCall.allCases)
  func theAppSeesItsOwnTimeOut(policy: Policy, first: AppCall) throws {
    let lab = try Lab(behaviour: .notReading)
    defer { lab.close() }
    let expected = try timeOut(lab, policy: nil, first: first)
    #expect(expected.contains { $0.error == ETIMEDOUT })
    #expect(try timeOut(lab, policy: policy, first: first) == expected)
  }
}
