import Flatline
import FlatlineTestSupport
import Testing

/// Every fault of a real network, idle and in flight, under the two policies that most will use: none is missed,
/// and the cause is right.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct FaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// What an explanation calls it.
    let kind: FaultClass
    /// What the verdict may name, idle and in flight; more than one only where both are the plain truth.
    let idle: [Cause]
    let inFlight: [Cause]
    let strike: @Sendable (TestNetwork, [TCPPair]) throws -> Void

    var testDescription: String { name }

    init(
      _ name: String, _ kind: FaultClass, idle: [Cause], inFlight: [Cause],
      strike: @escaping @Sendable (TestNetwork, [TCPPair]) throws -> Void
    ) {
      self.name = name
      self.kind = kind
      self.idle = idle
      self.inFlight = inFlight
      self.strike = strike
    }
  }

  static let faults: [Fault] = [
    // Data that crosses the FIN is answered with a RST; where both come before one look, the RST is what is seen.
    Fault("graceful close", .gracefulClose, idle: [.peerClosed], inFlight: [.peerClosed, .peerReset]) {
      _, pairs in
      for pair in pairs { pair.serverCloses() }
    },
    Fault("half-close", .halfClose, idle: [.peerClosed], inFlight: [.peerClosed]) { _, pairs in
      for pair in pairs { pair.serverShutsDownWrite() }
    },
    Fault("reset", .reset, idle: [.peerReset], inFlight: [.peerReset]) { _, pairs in
      for pair in pairs { pair.serverResets() }
    },
    Fault("silent drop both ways", .silentDrop, idle: [.pathSilent], inFlight: [.pathSilent]) { network, _ in
      try network.dropEverything()
    },
    Fault("silent drop outwards", .silentDropOut, idle: [.pathSilent], inFlight: [.pathSilent]) {
      network, _ in
      try network.drop(towards: .server)
    },
    Fault("silent drop inwards", .silentDropIn, idle: [.pathSilent], inFlight: [.pathSilent]) { network, _ in
      try network.drop(towards: .client)
    },
    // TCP ignores ICMP that a keepalive probe caused; data in flight makes it heard.
    Fault("ICMP host unreachable", .icmpHostUnreachable, idle: [.pathSilent], inFlight: [.hostUnreachable]) {
      network, _ in
      try network.reject(with: .hostUnreachable)
    },
    Fault("ICMP net unreachable", .icmpNetUnreachable, idle: [.pathSilent], inFlight: [.hostUnreachable]) {
      network, _ in
      try network.reject(with: .netUnreachable)
    },
    Fault("ICMP admin prohibited", .icmpAdminProhibited, idle: [.pathSilent], inFlight: [.pathSilent]) {
      network, _ in
      try network.reject(with: .adminProhibited)
    },
    // Idle, a probe is answered with a RST: the peer lives and has forgotten. In flight, nothing tells that from
    // a peer that resets.
    Fault("peer reboot", .natForgets, idle: [.peerRestarted], inFlight: [.peerReset]) { _, pairs in
      for pair in pairs { try pair.serverVanishes() }
    },
    Fault("local cable", .localCable, idle: [.linkDown], inFlight: [.linkDown]) { network, _ in
      try network.pullLocalCable()
    },
    // When its ARP has failed, the router says so: the silence becomes an unreachable host.
    Fault("remote cable", .remoteCable, idle: [.pathSilent], inFlight: [.pathSilent, .hostUnreachable]) {
      network, _ in
      try network.pullRemoteCable()
    },
  ]

  @Test(arguments: faults)
  func isFoundWithItsCause(_ fault: Fault) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    var watched: [WatchedPair] = []
    defer { for each in watched { each.close() } }
    for policy in [Policy.fastPath, .kernelOnly] {
      for use in [WatchedPair.Use.idle, .inFlight] {
        watched.append(try WatchedPair(over: network, policy, use, on: monitor))
      }
    }
    try await Task.sleep(for: .milliseconds(700))
    for each in watched { #expect(each.log.all.isEmpty, "\(each.name)") }
    let start = MonotonicTime.now()
    try fault.strike(network, watched.map(\.pair))
    let slack = MonotonicTime.now() - start
    for each in watched {
      let change = try await each.log.death(by: start + .seconds(8))
      let story = "\(fault.name), \(each.name): \(each.log.story(since: start))"
      guard let change else {
        Issue.record("missed: \(story)")
        continue
      }
      let allowed = each.use == .idle ? fault.idle : fault.inFlight
      #expect(change.cause.map(allowed.contains) == true, "\(story)")
      let promise = try #require(
        try Explanation(each.policy, registry: .builtIn)[fault.kind, each.use.traffic])
      let explained = try #require(promise.dead)
      #expect(change.time - start <= explained + slack, "\(story)")
      if let cause = change.cause {
        #expect(([promise.cause].compactMap { $0 } + promise.otherCauses).contains(cause), "\(story)")
      }
      print(
        "fault: \(fault.name), \(each.name): \(change.verdict) after \(Int((change.time - start).milliseconds)) ms, "
          + "explained as \(Int(explained.milliseconds))"
      )
    }
  }

  @Test func halfClosedPeerLivesOnWhereThePolicySaysSo() async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    var policy = Policy.kernelOnly
    policy.name = "keeps-half-closed"
    policy.halfClose = .halfClosed
    let watched = try WatchedPair(over: network, policy, .inFlight, on: monitor)
    defer { watched.close() }
    try await Task.sleep(for: .milliseconds(300))
    let start = MonotonicTime.now()
    watched.pair.serverShutsDownWrite()
    try await Task.sleep(for: .seconds(2))
    #expect(watched.log.all.map(\.verdict) == [.halfClosed], "\(watched.log.story(since: start))")
    // The sleep may have been much longer: other tests hold the pool's threads while they build networks.
    let reset = MonotonicTime.now()
    watched.pair.serverResets()
    let change = try await watched.log.death(by: reset + .seconds(1))
    #expect(change?.cause == .peerReset, "\(watched.log.story(since: start))")
    #expect(change?.previous == .halfClosed)
  }
}
