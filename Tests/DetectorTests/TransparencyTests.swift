import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// After any verdict the app's own next calls return exactly what they return with no watcher.
struct TransparencyTests {
  private static let policies = [
    Policy.fastPath, .kernelOnly, .keepaliveOnly, .tcpInfoOnly, .userTimeoutOnly, .icmpOnly, .progressOnly,
    .activityOnly, .linkOnly, .socketDiagOnly,
  ]
  /// These leave ends to others.
  private static let silent = [Policy.icmpOnly, .progressOnly, .linkOnly]

  struct Scenario: Sendable, CustomTestStringConvertible {
    let end: PeerEnd
    let first: AppCall
    let policy: Policy
    var testDescription: String { "\(end), \(first) first, \(policy.name)" }

    static let all = PeerEnd.allCases.flatMap { end in
      AppCall.allCases.flatMap { first in
        policies.map { Scenario(end: end, first: first, policy: $0) }
      }
    }
  }

  @Test(arguments: Scenario.all)
  func theAppSeesWhatItWouldSeeAlone(scenario: Scenario) throws {
    let plain = try TCPPair.loopback(server: .silent)
    try scenario.end.happen(to: plain)
    let expected = AppCall.sequence(
      first: scenario.first, on: plain.client, isAnswered: scenario.end == .fin)

    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let verdicts = VerdictLog()
    _ = try monitor.watch(pair.client, policy: scenario.policy, onEvent: verdicts.take)
    try scenario.end.happen(to: pair)
    // A FIN is no outcome of the kernel's own patience: these have nothing to tell, and must still leave no trace.
    let isTold = ![Policy.keepaliveOnly, .userTimeoutOnly].contains(scenario.policy) || scenario.end.isReset
    if isTold, !Self.silent.contains(scenario.policy) { #expect(verdicts.waitForDeath()) }
    let seen = AppCall.sequence(
      first: scenario.first, on: pair.client, isAnswered: scenario.end == .fin)
    #expect(seen == expected)
  }

  /// The scenarios are not all alike: errors are there to be taken, and bytes to be read.
  @Test func theScenariosHaveSomethingToSteal() throws {
    func first(_ end: PeerEnd, _ call: AppCall) throws -> CallResult {
      let pair = try TCPPair.loopback(server: .silent)
      try end.happen(to: pair)
      return call.make(on: pair.client)
    }
    #expect(try first(.reset, .pendingError).error == ECONNRESET)
    #expect(try first(.reset, .read).error == ECONNRESET)
    #expect(try first(.resetAfterFIN, .pendingError).error == EPIPE)
    #expect(try first(.fin, .read) == CallResult(call: .read, result: 0, error: 0))
    #expect(try first(.finWithUnread, .read).result == 4)
  }
}

extension PeerEnd {
  var isReset: Bool {
    switch self {
    case .fin, .finWithUnread: false
    case .reset, .resetWithUnread, .resetAfterFIN, .resetWithSent: true
    }
  }
}
