import Flatline
import FlatlineTestSupport
import Testing

/// What each named policy promises to survive for 60 s: no living peer is called dead.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct SurvivalTests {
  static let length = Duration.seconds(60)

  /// Loss and stalls at once, under a congestion control that knows thin streams, as most machines' does.
  @Test(arguments: Promise.all)
  func lossAndStallsTogether(_ promise: Promise) async throws {
    try await survive(promise, loses: true, stalls: true, congestionControl: "reno")
  }

  /// The machine's own congestion control, whatever it is.
  @Test(arguments: Promise.all)
  func lossAlone(_ promise: Promise) async throws {
    try await survive(promise, loses: true, stalls: false, congestionControl: nil)
  }

  @Test(arguments: Promise.all)
  func stallsAlone(_ promise: Promise) async throws {
    try await survive(promise, loses: false, stalls: true, congestionControl: nil)
  }

  private func survive(
    _ promise: Promise, loses: Bool, stalls: Bool, congestionControl: String?
  ) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    var watched: [WatchedPair] = []
    defer { for each in watched { each.close() } }
    for use in WatchedPair.Use.allCases where use != .heartbeat || promise.deadHeartbeat != nil {
      watched.append(
        try WatchedPair(over: network, promise.policy, use, on: monitor, congestionControl: congestionControl)
      )
    }
    try await Task.sleep(for: .milliseconds(500))
    let start = MonotonicTime.now()
    if loses { try network.loseRandomly(percent: promise.loss, towards: promise.lossTowards) }
    while MonotonicTime.now() < start + SurvivalTests.length {
      let rest = (start + SurvivalTests.length) - MonotonicTime.now()
      if stalls, rest > promise.stall {
        try await network.stall(for: promise.stall)
        try await Task.sleep(for: min(promise.stallEvery - promise.stall, rest - promise.stall))
      } else {
        try await Task.sleep(for: rest)
      }
    }
    for each in watched {
      let dead = each.log.first(after: start, where: \.isDead)
      #expect(dead == nil, "convicted a living peer: \(each.name): \(each.log.story(since: start))")
    }
    // The trouble was real: no stall passes unsuspected where data is in flight.
    for each in watched where stalls && each.use == .inFlight {
      #expect(each.log.first(after: start) { $0 == .suspect } != nil, "\(each.name): never suspected")
    }
    // The peers do live: with the network healed, every connection is alive again.
    try network.heal()
    try await Task.sleep(for: .seconds(stalls || loses ? 8 : 1))
    for each in watched where each.use != .inFlight {
      #expect(each.log.all.last?.verdict ?? .alive == .alive, "\(each.name): \(each.log.story(since: start))")
    }
  }
}
