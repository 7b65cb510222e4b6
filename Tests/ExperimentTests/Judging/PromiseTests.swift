import Flatline
import FlatlineExperiments
import Testing

/// What policies promise, documented and computed.
struct PromiseTests {
  @Test func thePoliciesOfTheTablePromiseWhatIsDocumented() {
    for name in ["lan", "fast-path", "kernel-only", "wan", "mobile", "patient"] {
      #expect(NamedPolicies.named(name).map { Promise(of: $0).source } == .documented, "\(name)")
    }
    // A policy with a borrowed name is another policy.
    var policy = Policy.lan
    policy.halfClose = .halfClosed
    #expect(Promise(of: policy).source == .computed)
  }

  /// The documented bounds hold for the settings: what is computed from them is no more.
  @Test(arguments: ["lan", "fast-path", "kernel-only", "wan", "mobile", "patient"])
  func settingsKeepTheDocumentedBounds(_ name: String) throws {
    var policy = try #require(NamedPolicies.named(name))
    let documented = Promise(of: policy)
    policy.name = "copy"
    let computed = Promise(of: policy)
    for traffic in Traffic.allCases {
      guard let bound = documented.dead(traffic) else { continue }
      let found = try #require(computed.dead(traffic), "\(name), \(traffic)")
      #expect(found <= bound, "\(name), \(traffic)")
      #expect(found > bound / 2, "\(name), \(traffic)")
    }
  }

  @Test(arguments: [
    ("go-default", Traffic.idle, Duration.seconds(150)), ("websocket-default", .heartbeat, .seconds(40)),
    ("mqtt-default", .heartbeat, .seconds(120)), ("go-default", .inFlight, .milliseconds(924_600)),
    ("netty-default", .inFlight, .milliseconds(924_600)),
  ])
  func theFieldsDefaults(_ name: String, _ traffic: Traffic, _ bound: Duration) throws {
    let policy = try #require(FieldPolicies.named(name))
    #expect(Promise(of: policy).dead(traffic) == bound)
  }

  /// φ = t / (mean · ln 10): 8 is reached after 18.4 s of silence. A pause that Akka accepts comes on top.
  @Test func accrual() throws {
    let cassandra = try #require(Promise(of: FieldPolicies.cassandra).dead(.heartbeat))
    #expect(abs(cassandra.secondsValue - 18.42) < 0.01)
    let akka = try #require(Promise(of: FieldPolicies.akka).dead(.heartbeat))
    #expect(akka > .seconds(4) && akka < .seconds(6))
  }

  @Test func nothingIsPromisedOfWhatNobodySees() {
    #expect(Promise(of: FieldPolicies.netty).dead(.idle) == nil)
    #expect(Promise(of: FieldPolicies.grpc).dead(.idle) == nil)
    #expect(Promise(of: .tcpInfoOnly).dead(.idle) == nil)
    #expect(Promise(of: .keepaliveOnly).dead(.inFlight) == nil)
  }

  /// With both, TCP_USER_TIMEOUT replaces TCP_KEEPCNT. A probe was answered just before: the next comes after 11 s,
  /// and those at 22, 33 and 44 s ask whether 33.5 s have passed.
  @Test func aUserTimeOutReplacesTheCountOfProbes() throws {
    let policy = Policy(
      name: "app",
      detectors: [
        .epoll(), .keepalive(idle: .seconds(1), interval: .seconds(11), probes: 111, accelerated: false),
      ], suspect: "epoll", dead: "epoll")
    #expect(Promise(of: policy, userTimeout: .milliseconds(33_500)).dead(.idle) == .seconds(44))
    let active = try #require(Promise(of: policy, userTimeout: .seconds(41)).dead(.inFlight))
    #expect(active >= .seconds(41) && active < .seconds(42))
  }

  @Test func everyRuleHasItsTime() {
    func bound(_ dead: Rule) -> Duration? {
      Promise(
        of: Policy(
          name: "rules", detectors: [.tcpInfo(deadAfter: .seconds(2)), .keepalive(), .heartbeat()],
          suspect: "tcp-info", dead: dead)
      ).dead(.heartbeat)
    }
    let keepalive = bound("keepalive")
    let heartbeat = bound("heartbeat")
    #expect(keepalive == .milliseconds(2500))
    #expect(heartbeat == .seconds(3))
    #expect(bound(.any(["keepalive", "heartbeat"])) == keepalive)
    #expect(bound(.all(["keepalive", "heartbeat"])) == heartbeat)
    #expect(bound(.all(["keepalive", "tcp-info"])) == nil)
    #expect(bound(.atLeast(2, of: ["keepalive", "heartbeat", "tcp-info"])) == heartbeat)
    #expect(bound(.fallback("tcp-info", to: "keepalive")) == keepalive)
    #expect(bound(.sustained("keepalive", for: .seconds(1))) == .milliseconds(3500))
    #expect(bound(.confirm("keepalive", by: "heartbeat", within: .seconds(1))) == heartbeat)
    #expect(
      bound(
        .weighted(threshold: 2, [WeightedRule("keepalive", weight: 1), WeightedRule("heartbeat", weight: 1)]))
        == heartbeat)
  }

  @Test func endurance() {
    let both = Endurance(loss: 0.1, stall: .seconds(1))
    #expect(both.covers(Endurance()))
    #expect(both.covers(Endurance(loss: 0.1, isOneWay: true)))
    #expect(!both.covers(Endurance(loss: 0.11)))
    #expect(!both.covers(Endurance(stall: .milliseconds(1001))))
    #expect(!both.covers(Endurance(loss: 0.1, burst: 5)))
    // 30% one way is as much as 16% both ways.
    let oneWay = Endurance(loss: 0.3, isOneWay: true)
    #expect(oneWay.covers(Endurance(loss: 0.16)))
    #expect(!oneWay.covers(Endurance(loss: 0.17)))
  }
}
