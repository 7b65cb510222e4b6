import Flatline
import FlatlineLab
import FlatlineTestSupport
import Testing

/// The way of the packets changes, and no link does.
@Suite(.onOwnThread)
struct WayTests {
  /// Strikes watched connections, one for each kind of traffic, and looks.
  private func strike(
    _ fault: Fault, _ policy: Policy = .kernelOnly, _ traffic: [Traffic] = [.idle, .inFlight],
    _ look: (Lab, WatchedConnection, MonotonicTime) async throws -> Void
  ) async throws {
    let lab = try Lab(cables: fault.cables)
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for connection in watched { connection.close() } }
    for each in traffic { watched.append(try WatchedConnection(in: lab, policy, each, on: monitor)) }
    try await Task.sleep(for: .milliseconds(500))
    for connection in watched { #expect(connection.log.changes.isEmpty, "\(connection.name)") }
    let strike = try lab.strike(fault, on: watched.map(\.connection))
    for connection in watched { try await look(lab, connection, strike.inForce) }
  }

  @Test(arguments: [
    (Fault.ruleLost, Cause.routeLost), (.nexthopLost, .routeLost), (.vpnTakesRoute, .routeChanged),
    (.ecmpUplink, .linkDown),
  ])
  func isSuspectedAtOnceAndDeadOfIt(_ fault: Fault, _ cause: Cause) async throws {
    try await strike(fault) { _, connection, start in
      let death = try await connection.log.death(by: start + .seconds(8))
      let story = "\(fault), \(connection.name): \(connection.log.story(since: start))"
      let first = try #require(connection.log.changes.first, "\(story)")
      #expect(first.verdict == .suspect, "\(story)")
      #expect(first.cause == cause, "\(story)")
      #expect(first.time - start <= FaultScenario.slack, "\(story)")
      #expect(death?.cause == cause, "\(story)")
    }
  }

  /// The peer is heard over the new way: the suspicion ends, and what befalls the peer later has its own cause.
  @Test func aWayThatWorksIsTrustedAgain() async throws {
    try await strike(.wayMoves, .fastPath, [.idle, .inFlight, .heartbeat]) { lab, connection, start in
      #expect(try await comes(connection, to: .alive), "\(connection.log.story(since: start))")
      let first = try #require(connection.log.changes.first)
      #expect(first.verdict == .suspect && first.cause == .routeChanged)
      #expect(first.time - start <= FaultScenario.slack)
      guard connection.traffic == .heartbeat else { return }
      _ = try lab.strike(.processFrozen, on: connection.connection)
      let death = try await connection.log.death(by: .now() + .seconds(12))
      #expect(death?.cause == .peerHung, "\(connection.log.story(since: start))")
    }
  }

  /// Flows that the kernel shares out by their ports over two uplinks.
  @Test func onlyTheFlowsOfALostUplinkDie() async throws {
    let lab = try Lab(behaviour: .echo, cables: .shared)
    defer { lab.close() }
    try lab.client.shell("echo 1 > /proc/sys/net/ipv4/fib_multipath_hash_policy")
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for connection in watched { connection.close() } }
    for number in 0..<24 {
      watched.append(
        try WatchedConnection(in: lab, .kernelOnly, number.isMultiple(of: 2) ? .idle : .inFlight, on: monitor)
      )
    }
    try await Task.sleep(for: .milliseconds(500))
    for connection in watched { #expect(connection.log.changes.isEmpty, "\(connection.name)") }
    let start = MonotonicTime.now()
    try lab.server.shell("ip link set toleft down")
    try await Task.sleep(for: .seconds(6))
    var counts: [Bool: Int] = [:]
    for connection in watched {
      let story = connection.log.story(since: start)
      if connection.traffic == .idle { try connection.connection.setTraffic(.active) }
      try await Task.sleep(for: .milliseconds(300))
      let info = try LiveSocketAccess().tcpInfo(connection.connection.descriptor)
      let isLost = info.retransmits > 0 || info.sinceAcknowledged > .milliseconds(250)
      counts[isLost, default: 0] += 1
      let told = connection.log.changes
      if isLost {
        #expect(told.map(\.verdict) == [.suspect, .dead(.linkDown)], "\(story)")
        if let first = told.first { #expect(first.time - start <= .milliseconds(140), "\(story)") }
      } else {
        #expect(told.isEmpty, "\(story)")
      }
    }
    #expect(counts.count == 2, "\(counts)")
  }

  @Test func aFlowOfTheOtherUplinkIsLeftAlone() async throws {
    try await strike(.ecmpOtherUplink) { _, connection, start in
      try await Task.sleep(for: .seconds(3))
      #expect(connection.log.changes.isEmpty, "\(connection.log.story(since: start))")
    }
  }

  /// A rule that matches ports takes one service's connections elsewhere.
  @Test func aRuleThatMatchesPortsConcernsTheirFlowsAlone() async throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    let watched = try [Traffic.inFlight, .heartbeat].map {
      try WatchedConnection(in: lab, .fastPath, $0, on: monitor)
    }
    defer { for connection in watched { connection.close() } }
    try await Task.sleep(for: .milliseconds(500))
    let start = MonotonicTime.now()
    try lab.client.shell(
      "ip rule add pref 50 ipproto tcp dport \(watched[1].connection.peer.port) blackhole")
    let death = try await watched[1].log.death(by: start + .seconds(6))
    let story = watched[1].log.story(since: start)
    #expect(watched[1].log.changes.first?.cause == .routeLost, "\(story)")
    #expect(death?.cause == .routeLost, "\(story)")
    #expect(watched[0].log.changes.isEmpty, "\(watched[0].log.story(since: start))")
  }

  private func comes(_ connection: WatchedConnection, to verdict: Verdict) async throws -> Bool {
    let end = MonotonicTime.now() + .seconds(4)
    while MonotonicTime.now() < end {
      if connection.log.changes.last?.verdict == verdict { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
