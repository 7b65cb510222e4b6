import Flatline
import Testing

/// Each conflict of timers is found, cites its rule, and is not found where there is none.
struct TimerConflictTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let says: String
    let rule: String
    var gravity = TimerConflict.Gravity.warning
    var roundTrip = Duration.microseconds(100)
    let bad: [DetectorUse]
    let good: [DetectorUse]
    var testDescription: String { says }
  }

  static let cases = [
    Case(
      says: "one lost probe ends a living connection", rule: "tcp_keepalive_timer",
      bad: [.keepalive(accelerated: false), .userTimeout(.seconds(2))],
      good: [.keepalive(accelerated: false), .userTimeout(.seconds(3))]),
    Case(
      says: "replaces keepalive's count of 3 probes", rule: "tcp(7)", gravity: .note,
      bad: [.keepalive(accelerated: false), .userTimeout(.seconds(10))],
      good: [.keepalive(accelerated: false)]),
    Case(
      says: "before the burst is over", rule: "tcp_keepalive_timer",
      bad: [.keepalive(burst: .seconds(3)), .userTimeout(.seconds(3))],
      good: [.keepalive(burst: .seconds(3)), .userTimeout(.seconds(4))]),
    Case(
      says: "window stays closed", rule: "RFC 9293, 3.8.6.1", bad: [.userTimeout(sparesStalled: false)],
      good: [.userTimeout()]),
    Case(
      says: "the kernel decides before the vote can", rule: "tcp(7)",
      bad: [.tcpInfo(deadAfter: .seconds(12)), .userTimeout()], good: [.tcpInfo(), .userTimeout()]),
    Case(
      says: "never ends an idle connection", rule: "RFC 5482", gravity: .note, bad: [.userTimeout()],
      good: [.userTimeout(), .keepalive()]),
    Case(
      says: "faster than the round trip", rule: "RFC 8085", roundTrip: .milliseconds(300),
      bad: [.heartbeat(interval: .milliseconds(200), misses: 10)],
      good: [.heartbeat(interval: .milliseconds(400), misses: 10)]),
    Case(
      says: "before an answer can come", rule: "Chen", roundTrip: .seconds(1),
      bad: [.heartbeat(interval: .milliseconds(200), misses: 5)],
      good: [.heartbeat(interval: .seconds(2), misses: 5)]),
    Case(
      says: "before one lost ping is repeated", rule: "RFC 6298",
      bad: [.heartbeat(interval: .milliseconds(50), misses: 2)],
      good: [.heartbeat(interval: .milliseconds(500), misses: 2)]),
    Case(
      says: "too_many_pings", rule: "gRPC proposal A8", gravity: .note, bad: [.heartbeat()],
      good: [.heartbeat(interval: .seconds(300), misses: 2)]),
    Case(
      says: "nginx with its defaults closes after 1000 requests, in 500s", rule: "keepalive_requests",
      gravity: .note, bad: [.heartbeat()], good: [.epoll()]),
    Case(
      says:
        "servers bear: redis any, mqtt any, postgresql any, websocket any, http 3600ms, echo any, framed any, gRPC 5m",
      rule: "leastInterval", gravity: .note, bad: [.heartbeat(interval: .seconds(300), misses: 2)],
      good: [.epoll()]),
    Case(
      says: "under the 200 ms a peer may hold an ACK back", rule: "RFC 1122, 4.2.3.2", gravity: .note,
      bad: [.tcpInfo(suspectAfter: .milliseconds(100))], good: [.tcpInfo()]),
    Case(
      says: "5 failed attempts take", rule: "RFC 6298", gravity: .note,
      bad: [.tcpInfo(deadAfter: .seconds(2), attempts: 5)], good: [.tcpInfo()]),
    Case(
      says: "next call on the socket fail once", rule: "IP_RECVERR", bad: [.icmp()], good: [.epoll()]),
  ]

  @Test(arguments: cases)
  func isFoundAndOnlyWhereItIs(_ each: Case) throws {
    func conflicts(_ uses: [DetectorUse]) throws -> [TimerConflict] {
      let rule = Rule.any(uses.map { .detector($0.name) })
      let policy = Policy(name: "p", detectors: uses, suspect: rule, dead: rule)
      return try Explanation(policy, registry: .builtIn, roundTrip: each.roundTrip).conflicts
    }
    let found = try conflicts(each.bad).filter { $0.what.contains(each.says) }
    #expect(found.count == 1)
    #expect(found.first?.rule.contains(each.rule) == true)
    #expect(found.first?.gravity == each.gravity)
    let absent = try conflicts(each.good).filter { $0.what.contains(each.says) }
    #expect(absent.isEmpty)
  }

  /// The app's own time-out ends data, and gives way to keepalive's probes.
  @Test(arguments: [
    (Duration.seconds(1), TimerConflict.Gravity.warning), (.seconds(3), .warning), (.seconds(60), .note),
  ])
  func theAppsTimeOutIsToldAsWhatItDoes(timeout: Duration, gravity: TimerConflict.Gravity) throws {
    var app = SocketTimers()
    app.userTimeout = .init(timeout: timeout, sparesStalled: false)
    let explanation = try Explanation(.fastPath, registry: .builtIn, app: app)
    let data = try #require(explanation.conflicts.first { $0.what.contains("data is unacknowledged") })
    #expect(data.gravity == gravity)
    #expect(explanation.conflicts.filter { $0.gravity == .warning }.count == (gravity == .warning ? 1 : 0))
    #expect(explanation.conflicts.contains { $0.what.contains("gives way while a keepalive probe") })
    // Idle, it ends nothing; in flight it does.
    let plain = try Explanation(.fastPath, registry: .builtIn)
    #expect(explanation[.silentDrop, .idle] == plain[.silentDrop, .idle])
    // Of 3 s, the kernel ends nothing before tcp-info convicts.
    let early = timeout == .seconds(1)
    #expect((explanation[.silentDrop, .inFlight] == plain[.silentDrop, .inFlight]) == !early)
  }

  @Test func theLimitOnAnswersIsKnownEvenWhereTheSettingsForbidIt() {
    var timers = SocketTimers()
    timers.keepalive = .init(
      idle: .seconds(1), interval: .seconds(1), probes: 127, burst: .milliseconds(800),
      burstInterval: .milliseconds(100))
    #expect(timers.conflicts(roundTrip: .zero).contains { $0.rule.contains("tcp_invalid_ratelimit") })
  }

  @Test func namedPoliciesForANetworkHaveNoWarning() throws {
    for policy in [Policy.fastPath, .kernelOnly, .lan, .wan, .mobile, .patient] {
      let conflicts = try Explanation(policy, registry: .builtIn).conflicts
      #expect(!conflicts.contains { $0.gravity == .warning }, "\(policy.name) \(conflicts)")
    }
  }
}
