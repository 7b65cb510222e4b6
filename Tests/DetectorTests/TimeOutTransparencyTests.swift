import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// The kernel gives a connection up: the app still gets its own ETIMEDOUT. Needs network namespaces.
@Suite(
  .serialized, .enabled(if: NetworkNamespace.isAvailable, "\(Requirement.networkNamespaces.reason)"),
  .timeLimit(.minutes(1)))
struct TimeOutTransparencyTests {
  /// Everything is dropped under data in flight until TCP_USER_TIMEOUT ends the connection.
  private func timeOut(_ network: TestNetwork, policy: Policy?, first: AppCall) throws -> [CallResult] {
    try network.heal()
    let pair = try TCPPair(over: network, server: .silent)
    var limit: CUnsignedInt = 700
    setsockopt(
      pair.client, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, socklen_t(MemoryLayout.size(ofValue: limit)))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    if let policy { _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take) }
    usleep(50_000)
    try network.dropEverything()
    send(pair.client, "in flight", 9, CInt(MSG_NOSIGNAL))
    // Until the kernel has ended it: POLLHUP takes nothing.
    var entry = pollfd(fd: pair.client, events: 0, revents: 0)
    #expect(poll(&entry, 1, 10_000) == 1)
    if policy != nil {
      #expect(
        log.wait { log.ballots.contains { $0.evidence.isConclusive && $0.evidence.cause == .timedOut } })
      #expect(log.changes.last?.verdict.isDead == true)
    }
    return AppCall.sequence(first: first, on: pair.client)
  }

  @Test(arguments: [Policy.fastPath, .kernelOnly], AppCall.allCases)
  func theAppSeesItsOwnTimeOut(policy: Policy, first: AppCall) throws {
    let network = try TestNetwork()
    defer { network.close() }
    let expected = try timeOut(network, policy: nil, first: first)
    #expect(expected.contains { $0.error == ETIMEDOUT })
    #expect(try timeOut(network, policy: policy, first: first) == expected)
  }
}
