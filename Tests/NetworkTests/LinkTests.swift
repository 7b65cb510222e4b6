import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// Our own side's faults: told at once, a death after the grace, withdrawn when it ends in time.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct LinkTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    /// What the network needs before the connection is made.
    var prepare: @Sendable (TestNetwork) throws -> Void = { _ in }
    let strike: @Sendable (TestNetwork) throws -> Void
    let mend: @Sendable (TestNetwork) throws -> Void
  }

  static let grace = Duration.milliseconds(800)
  /// So long that no delay of the test's own makes a death of it.
  static let longGrace = Duration.seconds(20)

  static let faults: [Fault] = [
    Fault(
      testDescription: "carrier lost", cause: .linkDown, strike: { try $0.pullLocalCable() },
      mend: { try $0.plugLocalCable() }),
    Fault(
      testDescription: "carrier lost 300 ms after another link's event", cause: .linkDown,
      prepare: LinkTests.addSecondWay,
      strike: { network in
        try network.client.ip("link set other up")
        try network.client.ip("link set other down")
        usleep(300_000)
        try network.router.ip("link set second down")
      }, mend: { try $0.router.ip("link set second up") }),
    Fault(
      testDescription: "interface down", cause: .linkDown,
      strike: { try $0.client.ip("link set uplink down") },
      mend: { network in
        try network.client.ip("link set uplink up")
        try network.client.ip("route add default via 10.77.1.1")
      }),
    Fault(
      testDescription: "address removed", cause: .addressLost,
      strike: { try $0.client.ip("address delete 10.77.1.2/24 dev uplink") },
      mend: { network in
        try network.client.ip("address add 10.77.1.2/24 dev uplink")
        try network.client.ip("route add default via 10.77.1.1")
      }),
    Fault(
      testDescription: "route removed", cause: .routeLost,
      strike: { try $0.client.ip("route delete default") },
      mend: { try $0.client.ip("route add default via 10.77.1.1") }),
  ]

  /// A way to the server over a cable whose ends have the same number, like a card and unlike other veths: the
  /// kernel holds the news of its carrier back for up to a second after another change. And an interface to
  /// change.
  @Sendable private static func addSecondWay(_ network: TestNetwork) throws {
    try network.router.ip(
      batch: """
        link add name second index 88 type veth peer name second index 88 netns \(network.client.name)
        address add 10.77.3.1/24 dev second
        link set second up
        """)
    try network.client.ip(
      batch: """
        address add 10.77.3.2/24 dev second
        link set second up
        route add \(network.serverAddress)/32 via 10.77.3.1
        link add other type veth peer name otherend
        """)
    try network.client.ip("link set otherend up")
    // What making them did to the kernel's pace is over.
    usleep(1_100_000)
  }

  @Test(arguments: faults)
  func isToldAtOnceAndADeathAfterTheGrace(_ fault: Fault) async throws {
    let scene = try Scene(fault.prepare)
    defer { scene.close() }
    let window = try scene.strike(fault)
    let change = try await scene.log.death(by: window.end + .seconds(4))
    let story = "\(fault.testDescription): \(scene.log.story(since: window.start))"
    let suspect = try #require(scene.log.all.first, "\(story)")
    #expect(suspect.verdict == .suspect, "\(story)")
    #expect(suspect.cause == fault.cause, "\(story)")
    // A verdict bears the time at which the monitor woke.
    #expect(suspect.time <= window.end + .milliseconds(10), "\(story)")
    let death = try #require(change, "\(story)")
    #expect(death.verdict == .dead(fault.cause), "\(story)")
    #expect(death.time - suspect.time >= LinkTests.grace, "\(story)")
    #expect(death.time - suspect.time < LinkTests.grace + .milliseconds(100), "\(story)")
    #expect(death.decidedBy.first?.evidence.layer == .link, "\(story)")
    print(
      "link: \(fault.testDescription): suspect at most \((suspect.time - window.start).milliseconds) ms after, "
        + "dead after \((death.time - window.start).milliseconds) ms")
  }

  @Test(arguments: faults)
  func isWithdrawnWhenItEndsInTime(_ fault: Fault) async throws {
    let scene = try Scene(grace: LinkTests.longGrace, fault.prepare)
    defer { scene.close() }
    let window = try scene.strike(fault)
    #expect(try await scene.comes(to: .suspect))
    try fault.mend(scene.network)
    #expect(try await scene.comes(to: .alive))
    try await Task.sleep(for: .milliseconds(500))
    let story = "\(fault.testDescription): \(scene.log.story(since: window.start))"
    #expect(scene.log.all.map(\.verdict) == [.suspect, .alive], "\(story)")
  }

  /// The fault of one interface is no concern of connections that use another.
  @Test func isNotToldToOthers() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let loopback = try scene.network.client.run { try TCPPair.loopback() }
    defer { loopback.close() }
    let log = VerdictLog()
    let id = try scene.monitor.watch(loopback.client, policy: Scene.policy()) { log.take($0) }
    defer { scene.monitor.unwatch(id) }
    _ = try scene.strike(LinkTests.faults[2])
    _ = try await scene.log.death(by: .now() + .seconds(3))
    #expect(scene.log.all.last?.verdict == .dead(.linkDown))
    #expect(log.all.isEmpty)
    try scene.network.client.ip("link set lo down")
    let death = try await log.death(by: .now() + .seconds(3))
    #expect(death?.cause == .linkDown)
  }

  /// A monitor that listens in another namespace knows nothing of these links, and keeps silent.
  @Test func abstainsOnSocketsOfAnotherNamespace() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let stranger = try Monitor(registry: .builtIn, netlink: scene.network.server.netlink)
    defer { stranger.shutDown() }
    let log = VerdictLog()
    _ = try stranger.watch(scene.pair.client, policy: Scene.policy()) { log.take($0) }
    try scene.network.server.ip("link set uplink down")
    try scene.network.client.ip("route delete default")
    _ = try await scene.log.death(by: .now() + .seconds(3))
    #expect(scene.log.all.last?.verdict == .dead(.routeLost))
    #expect(log.all.isEmpty)
  }

  /// A route that moves to another interface is followed there.
  @Test func followsTheRoute() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let client = scene.network.client
    try client.ip("link add spare type veth peer name spareend")
    try client.ip("link set spareend up")
    try client.ip("link set spare up")
    // Our address stays where it is; what we send would leave by the other interface.
    try client.ip("route replace \(scene.network.serverAddress)/32 dev spare")
    try await Task.sleep(for: .milliseconds(300))
    #expect(scene.log.all.isEmpty)
    let start = MonotonicTime.now()
    try client.ip("link set spare down")
    // With the route gone, the default route leads again by the first interface.
    try await Task.sleep(for: .milliseconds(300))
    #expect(scene.log.all.isEmpty, "\(scene.log.story(since: start))")
    try client.ip("link set spare up")
    try client.ip("route delete default")
    try client.ip("route replace \(scene.network.serverAddress)/32 dev spare")
    try await Task.sleep(for: .milliseconds(300))
    #expect(scene.log.all.last?.verdict != .suspect, "\(scene.log.story(since: start))")
    try client.ip("link set spare down")
    let death = try await scene.log.death(by: .now() + .seconds(3))
    #expect(death?.cause == .linkDown, "\(scene.log.story(since: start))")
  }

  /// More changes than the socket's buffer holds: the kernel drops messages and says so; the truth is asked for.
  @Test func survivesAnOverrun() async throws {
    let scene = try Scene(drive: .application)
    defer { scene.close() }
    // Nobody turns the monitor meanwhile, so the messages pile up.
    for _ in 0..<12 {
      var batch = ""
      for number in 1...1000 { batch += "route add 10.99.\(number / 250).\(number % 250) dev uplink\n" }
      batch += "route flush root 10.99.0.0/16\n"
      try scene.network.client.ip(batch: batch)
    }
    try scene.network.client.ip("route delete default")
    let end = MonotonicTime.now() + .seconds(3)
    while MonotonicTime.now() < end, !(scene.log.all.last?.verdict.isDead ?? false) {
      scene.monitor.process()
      usleep(1000)
    }
    #expect(scene.log.all.last?.verdict == .dead(.routeLost))
  }
}

/// A connection through a network, watched by the link detector alone.
private struct Scene {
  static func policy(_ grace: Duration = LinkTests.grace) -> Policy {
    Policy("link-only") {
      DetectorUse.link(grace: grace)
    } suspect: {
      "link"
    } dead: {
      "link"
    }
  }

  let network: TestNetwork
  let pair: TCPPair
  let monitor: Monitor
  let log = VerdictLog()

  init(
    drive: Monitor.Drive = .ownThread, grace: Duration = LinkTests.grace,
    _ prepare: (TestNetwork) throws -> Void = { _ in }
  ) throws {
    network = try TestNetwork()
    try prepare(network)
    pair = try TCPPair(over: network)
    monitor = try Monitor(registry: .builtIn, drive: drive, netlink: network.client.netlink)
    _ = try monitor.watch(pair.client, policy: Scene.policy(grace)) { [log] in log.take($0) }
  }

  /// The fault and the time in which it happened.
  func strike(_ fault: LinkTests.Fault) throws -> (start: MonotonicTime, end: MonotonicTime) {
    #expect(log.all.isEmpty)
    let start = MonotonicTime.now()
    try fault.strike(network)
    return (start, .now())
  }

  /// Whether the last verdict is, or within a second becomes, this one.
  func comes(to verdict: Verdict) async throws -> Bool {
    let end = MonotonicTime.now() + .seconds(1)
    while MonotonicTime.now() < end {
      if log.all.last?.verdict == verdict { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return log.all.last?.verdict == verdict
  }

  func close() {
    monitor.shutDown()
    pair.close()
    network.close()
  }
}
