import Flatline
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Faults of a real network, idle and in flight, under the two policies that most will use: none is missed, and the
/// cause is right.
@Suite(.onOwnThread)
struct FaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let fault: Fault
    /// What the verdict may name, idle and in flight; more than one only where both are the plain truth.
    let idle: [Cause]
    let inFlight: [Cause]

    var testDescription: String { fault.name }

    init(_ fault: Fault, idle: [Cause], inFlight: [Cause]) {
      self.fault = fault
      self.idle = idle
      self.inFlight = inFlight
    }
  }

  static let cases: [Case] = [
    // Data that crosses the FIN is answered with a RST; where both come before one look, the RST is what is seen.
    Case(.gracefulClose, idle: [.peerClosed], inFlight: [.peerClosed, .peerReset]),
    Case(.halfClose, idle: [.peerClosed], inFlight: [.peerClosed]),
    Case(.reset, idle: [.peerReset], inFlight: [.peerReset]),
    Case(.silentDrop, idle: [.pathSilent], inFlight: [.pathSilent]),
    Case(.silentDropOut, idle: [.pathSilent], inFlight: [.pathSilent]),
    Case(.silentDropIn, idle: [.pathSilent], inFlight: [.pathSilent]),
    // TCP ignores ICMP that a keepalive probe caused; data in flight makes it heard.
    Case(.icmpHostUnreachable, idle: [.pathSilent], inFlight: [.hostUnreachable]),
    Case(.icmpNetUnreachable, idle: [.pathSilent], inFlight: [.hostUnreachable]),
    Case(.icmpAdminProhibited, idle: [.pathSilent], inFlight: [.pathSilent]),
    // Idle, a probe is answered with a RST: the peer lives and has forgotten. In flight, nothing tells that from
    // a peer that resets.
    Case(.natForgets, idle: [.peerRestarted], inFlight: [.peerReset]),
    Case(.localCable, idle: [.linkDown], inFlight: [.linkDown]),
    Case(.localCablePaced, idle: [.linkDown], inFlight: [.linkDown]),
    Case(.ruleLost, idle: [.routeLost], inFlight: [.routeLost]),
    Case(.nexthopLost, idle: [.routeLost], inFlight: [.routeLost]),
    Case(.vpnTakesRoute, idle: [.routeChanged], inFlight: [.routeChanged]),
    Case(.ecmpUplink, idle: [.linkDown], inFlight: [.linkDown]),
    // When its ARP has failed, the router says so: the silence becomes an unreachable host.
    Case(.remoteCable, idle: [.pathSilent], inFlight: [.pathSilent, .hostUnreachable]),
  ]

  @Test(arguments: cases)
  func isFoundWithItsCause(_ each: Case) async throws {
    let lab = try Lab(cables: each.fault.cables)
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for connection in watched { connection.close() } }
    for policy in [Policy.fastPath, .kernelOnly] {
      for traffic in [Traffic.idle, .inFlight] {
        watched.append(try WatchedConnection(in: lab, policy, traffic, on: monitor))
      }
    }
    try await Task.sleep(for: .milliseconds(700))
    for connection in watched { #expect(connection.log.changes.isEmpty, "\(connection.name)") }
    let kind = try #require(FaultClass(rawValue: each.fault.name))
    let struck = try Struck(monitor) { _ = try lab.strike(each.fault, on: watched.map(\.connection)) }
    for connection in watched {
      let change = try await connection.log.death(by: struck.start + .seconds(8))
      let story = "\(each.fault), \(connection.name): \(connection.log.story(since: struck.start))"
      guard let change else {
        Issue.record("missed: \(story)")
        continue
      }
      let time = change.time - struck.start
      let allowed = connection.traffic == .idle ? each.idle : each.inFlight
      #expect(change.cause.map(allowed.contains) == true, "\(story)")
      let promise = try #require(
        try Explanation(connection.policy, registry: .builtIn)[kind, connection.traffic])
      let explained = try #require(promise.dead)
      #expect(time <= explained + struck.slack, "\(story)")
      if let cause = change.cause {
        #expect(([promise.cause].compactMap { $0 } + promise.otherCauses).contains(cause), "\(story)")
      }
      print(
        "fault: \(each.fault), \(connection.name): \(change.verdict) after \(Int(time.milliseconds)) ms, "
          + "explained as \(Int(explained.milliseconds))")
    }
  }

  /// Silence for as long as the host takes to come back, then a RST for whatever is sent.
  @Test func aRebootIsFoundWithItsCause() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    let idle = try WatchedConnection(in: lab, .kernelOnly, .idle, on: monitor)
    let inFlight = try WatchedConnection(in: lab, .kernelOnly, .inFlight, on: monitor)
    defer { for each in [idle, inFlight] { each.close() } }
    try await Task.sleep(for: .milliseconds(700))
    let strike = try lab.strike(.hostReboot, on: [idle.connection, inFlight.connection])
    for each in [idle, inFlight] {
      let change = try await each.log.death(by: strike.began + .seconds(8))
      let story = each.log.story(since: strike.began)
      let promise = try #require(
        try Explanation(each.policy, registry: .builtIn)[.hostReboot, each.traffic])
      #expect(change?.cause == .peerRestarted, "\(each.name): \(story)")
      #expect(change?.cause == promise.cause, "\(each.name): \(story)")
    }
  }

  @Test func halfClosedPeerLivesOnWhereThePolicySaysSo() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var policy = Policy.kernelOnly
    policy.name = "keeps-half-closed"
    policy.halfClose = .halfClosed
    let watched = try WatchedConnection(in: lab, policy, .inFlight, on: monitor)
    defer { watched.close() }
    try await Task.sleep(for: .milliseconds(300))
    let start = MonotonicTime.now()
    try lab.peer.halfClose()
    try await Task.sleep(for: .seconds(2))
    #expect(watched.log.changes.map(\.verdict) == [.halfClosed], "\(watched.log.story(since: start))")
    let reset = MonotonicTime.now()
    try lab.peer.reset()
    let change = try await watched.log.death(by: reset + .seconds(1))
    #expect(change?.cause == .peerReset, "\(watched.log.story(since: start))")
    #expect(change?.previous == .halfClosed)
  }
}
