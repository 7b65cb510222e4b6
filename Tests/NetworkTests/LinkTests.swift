import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// Our own side's faults: told at once, a death after the grace, withdrawn when it ends in time.
@Suite(.onOwnThread)
struct LinkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    /// What the lab needs before the connection is made.
    var prepare: @Sendable (Lab) throws -> Void = { _ in }
    let strike: @Sendable (Lab) throws -> Void
    var mend: @Sendable (Lab) throws -> Void = { try $0.client.restoreNetwork() }
  }

  static let grace = Duration.milliseconds(800)
  /// So long that no delay of the test's own makes a death of it.
  static let longGrace = Duration.seconds(20)

  static let cases: [Case] = [
    Case(testDescription: "carrier lost", cause: .linkDown, strike: { try $0.client.unplug() }),
    Case(
      testDescription: "carrier lost 300 ms after another link's event", cause: .linkDown,
      prepare: LinkTests.addSecondWay,
      strike: { lab in
        try lab.client.shell("ip link set other up; ip link set other down")
        usleep(300_000)
        try lab.server.shell("ip link set secondend down")
      }, mend: { try $0.server.shell("ip link set secondend up") }),
    Case(
      testDescription: "interface down", cause: .linkDown, strike: { try $0.client.takeInterfaceDown() }),
    Case(
      testDescription: "address removed", cause: .addressLost, strike: { try $0.client.removeAddress() }),
    Case(testDescription: "route removed", cause: .routeLost, strike: { try $0.client.removeRoute() }),
  ]

  /// A way to the server over a cable like a card's: the kernel is late to tell of its carrier. And an interface to
  /// change.
  @Sendable private static func addSecondWay(_ lab: Lab) throws {
    try lab.layCable("second", "secondend", isLikeACard: true)
    try lab.server.shell("ip address add 10.77.3.1/24 dev secondend; ip link set secondend up")
    try lab.client.shell(
      """
      ip address add 10.77.3.2/24 dev second
      ip link set second up
      ip route add \(lab.server.address)/32 via 10.77.3.1
      ip link add other type veth peer name otherend
      ip link set otherend up
      """)
    // What making them did to the kernel's pace is over.
    usleep(1_100_000)
  }

  /// Every round has the right verdicts; how soon they come is judged by the middle one of several rounds.
  @Test(arguments: cases)
  func isToldAtOnceAndADeathAfterTheGrace(_ each: Case) async throws {
    var (suspected, died): ([Duration], [Duration]) = ([], [])
    for _ in 0..<5 {
      let scene = try Scene(each.prepare)
      defer { scene.close() }
      let window = try scene.strike(each)
      let change = try await scene.log.death(by: window.end + .seconds(4))
      let story = "\(each.testDescription): \(scene.log.story(since: window.start))"
      let suspect = try #require(scene.log.changes.first, "\(story)")
      #expect(suspect.verdict == .suspect, "\(story)")
      #expect(suspect.cause == each.cause, "\(story)")
      suspected.append(suspect.time - window.end)
      let death = try #require(change, "\(story)")
      #expect(death.verdict == .dead(each.cause), "\(story)")
      // What is due within a millisecond has its turn with what is due now.
      #expect(death.time - suspect.time >= LinkTests.grace - .milliseconds(1), "\(story)")
      died.append(death.time - suspect.time)
      #expect(death.decidedBy.first?.evidence.layer == .link, "\(story)")
    }
    // A verdict bears the time at which the monitor woke.
    #expect(suspected.median <= .milliseconds(10), "\(each.testDescription): \(suspected)")
    #expect(died.median < LinkTests.grace + .milliseconds(100), "\(each.testDescription): \(died)")
    print(
      "link: \(each.testDescription): suspect \(suspected.median.milliseconds) ms after, "
        + "dead \(died.median.milliseconds) ms later")
  }

  @Test(arguments: cases)
  func isWithdrawnWhenItEndsInTime(_ each: Case) async throws {
    let scene = try Scene(grace: LinkTests.longGrace, each.prepare)
    defer { scene.close() }
    let window = try scene.strike(each)
    #expect(try await scene.comes(to: .suspect))
    try each.mend(scene.lab)
    #expect(try await scene.comes(to: .alive))
    try await Task.sleep(for: .milliseconds(500))
    let story = "\(each.testDescription): \(scene.log.story(since: window.start))"
    #expect(scene.log.changes.map(\.verdict) == [.suspect, .alive], "\(story)")
  }

  /// The fault of one interface is no concern of connections that use another.
  @Test func isNotToldToOthers() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let client = scene.lab.client
    let loopback = try OpenEnds(from: client, to: client, at: .loopback)
    defer { loopback.close() }
    let log = VerdictLog()
    let id = try scene.monitor.watch(loopback.clients[0], policy: Scene.policy()) { log.take($0) }
    defer { scene.monitor.unwatch(id) }
    _ = try scene.strike(LinkTests.cases[2])
    _ = try await scene.log.death(by: .now() + .seconds(3))
    #expect(scene.log.changes.last?.verdict == .dead(.linkDown))
    #expect(log.changes.isEmpty)
    try client.shell("ip link set lo down")
    let death = try await log.death(by: .now() + .seconds(3))
    #expect(death?.cause == .linkDown)
  }

  /// A monitor that listens in another namespace knows nothing of these links, and keeps silent.
  @Test func abstainsOnSocketsOfAnotherNamespace() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let stranger = try Monitor(registry: .builtIn, netlink: scene.lab.server.netlinkOpening)
    defer { stranger.shutDown() }
    let log = VerdictLog()
    _ = try stranger.watch(scene.connection.descriptor, policy: Scene.policy()) { log.take($0) }
    try scene.lab.server.takeInterfaceDown()
    try scene.lab.client.removeRoute()
    _ = try await scene.log.death(by: .now() + .seconds(3))
    #expect(scene.log.changes.last?.verdict == .dead(.routeLost))
    #expect(log.changes.isEmpty)
  }

  /// A route that moves to another interface is suspicious, and is followed there.
  @Test func followsTheRoute() async throws {
    let scene = try Scene()
    defer { scene.close() }
    let (client, server) = (scene.lab.client, scene.lab.server.address)
    try client.shell(
      "ip link add spare type veth peer name spareend; ip link set spareend up; ip link set spare up")
    // Our address stays where it is; what we send would leave by the other interface.
    let start = MonotonicTime.now()
    try client.shell("ip route replace \(server)/32 dev spare")
    #expect(try await scene.comes(to: .suspect))
    #expect(scene.log.changes.last?.cause == .routeChanged)
    try client.shell("ip link set spare down")
    // With the route gone, the default route leads again by the first interface.
    #expect(try await scene.comes(to: .alive), "\(scene.log.story(since: start))")
    try client.shell("ip link set spare up")
    try client.shell("ip route replace \(server)/32 dev spare")
    try client.removeRoute()
    #expect(try await scene.comes(to: .suspect), "\(scene.log.story(since: start))")
    // Longer than the grace: another way is no death.
    try await Task.sleep(for: LinkTests.grace * 2)
    #expect(scene.log.changes.last?.verdict == .suspect, "\(scene.log.story(since: start))")
    try client.shell("ip link set spare down")
    let death = try await scene.log.death(by: .now() + .seconds(3))
    #expect(death?.cause == .linkDown, "\(scene.log.story(since: start))")
  }

  /// More changes than the socket's buffer holds: the kernel drops messages and says so; the truth is asked for.
  @Test func survivesAnOverrun() async throws {
    let scene = try Scene(drive: .application)
    defer { scene.close() }
    // Nobody turns the monitor meanwhile, so the messages pile up.
    for _ in 0..<12 {
      try scene.lab.client.shell(
        """
        {
          for number in $(seq 1000); do echo "route add 10.99.$((number / 250)).$((number % 250)) dev uplink"; done
          echo "route flush root 10.99.0.0/16"
        } | ip -batch -
        """)
    }
    try scene.lab.client.removeRoute()
    let end = MonotonicTime.now() + .seconds(3)
    while MonotonicTime.now() < end, !(scene.log.changes.last?.verdict.isDead ?? false) {
      scene.monitor.process()
      usleep(1000)
    }
    #expect(scene.log.changes.last?.verdict == .dead(.routeLost))
  }
}

/// A connection through a lab, watched by the link detector alone.
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

  let lab: Lab
  let connection: LabConnection
  let monitor: Monitor
  let log = VerdictLog()

  init(
    drive: Monitor.Drive = .ownThread, grace: Duration = LinkTests.grace,
    _ prepare: (Lab) throws -> Void = { _ in }
  ) throws {
    lab = try Lab()
    try prepare(lab)
    connection = try lab.connect()
    monitor = try lab.makeMonitor(drive: drive)
    _ = try monitor.watch(connection.descriptor, policy: Scene.policy(grace)) { [log] in log.take($0) }
  }

  /// The fault and the time in which it happened.
  func strike(_ each: LinkTests.Case) throws -> (start: MonotonicTime, end: MonotonicTime) {
    #expect(log.changes.isEmpty)
    let start = MonotonicTime.now()
    try each.strike(lab)
    return (start, .now())
  }

  /// Whether the last verdict is, or within a second becomes, this one.
  func comes(to verdict: Verdict) async throws -> Bool {
    let end = MonotonicTime.now() + .seconds(1)
    while MonotonicTime.now() < end {
      if log.changes.last?.verdict == verdict { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return log.changes.last?.verdict == verdict
  }

  func close() {
    monitor.shutDown()
    connection.close()
    lab.close()
  }
}
