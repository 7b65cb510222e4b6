import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// `Monitor.expectPause(of:for:)`.
struct PauseTests {
  private let strings = PuppetStrings(
    needs: Needs(readiness: .ending, period: .milliseconds(20), looksInPauses: true))

  @Test(arguments: [Cause.pathSilent, .peerHung, .stalled, .hostUnreachable])
  func silenceConvictsNobodyUntilTheEnd(cause: Cause) throws {
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.run(.milliseconds(100))
    #expect(stage.monitor.expectPause(of: id, for: .seconds(10)))
    strings.lean(.dead, cause: cause, layer: .host)
    stage.run(.milliseconds(9900))
    #expect(log.changes.isEmpty)
    #expect(stage.monitor.look(at: id) == .alive)
    stage.run(.milliseconds(200))
    #expect(log.verdicts.last?.isDead == true)
  }

  /// A FIN or a RST, and the loss of what is ours.
  @Test(arguments: [Cause.peerReset, .linkDown, .addressLost, .routeLost])
  func whatIsNoSilenceStillConvicts(cause: Cause) throws {
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.monitor.expectPause(of: id, for: .seconds(10))
    stage.run(.seconds(1))
    strings.lean(
      .dead, cause: cause, layer: cause == .peerReset ? .connection : .link, isConclusive: cause == .peerReset
    )
    stage.run(.milliseconds(50))
    #expect(log.verdicts == [.dead(cause)])
  }

  /// A detector that need not look meanwhile does not; the pause is a stall to it.
  @Test func aPauseIsAStallToDetectors() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(300)))
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    stage.run(.milliseconds(700))
    stage.monitor.expectPause(of: id, for: .seconds(5))
    let start = stage.machine.now()
    stage.run(.milliseconds(4990))
    #expect(strings.looks.count == 2)
    stage.run(.milliseconds(1000))
    let looks = strings.looks.dropFirst(2)
    #expect(looks.first?.stall == .seconds(5))
    #expect(looks.dropFirst().allSatisfy { $0.stall == .zero && $0.isDue })
    // Due 200 ms after the beginning of the pause: 200 ms after its end.
    #expect(looks.dropFirst().first?.now == start + .milliseconds(5200))
  }

  @Test func aSecondPauseReplacesTheFirstAndZeroEndsIt() throws {
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.monitor.expectPause(of: id, for: .seconds(1))
    stage.monitor.expectPause(of: id, for: .seconds(10))
    strings.lean(.dead, cause: .pathSilent, layer: .host)
    stage.run(.seconds(5))
    #expect(log.changes.isEmpty)
    stage.monitor.expectPause(of: id, for: .zero)
    stage.run(.milliseconds(30))
    #expect(log.verdicts == [.dead(.pathSilent)])
    stage.monitor.unwatch(id)
    #expect(!stage.monitor.expectPause(of: id, for: .seconds(1)))
  }

  /// Keepalive's probes go unanswered all the while. After the end it takes its whole time, and no longer.
  @Test func silenceCountsAfreshAfterTheEnd() throws {
    let stage = try VirtualStage(.builtIn)
    let world = KeepaliveWorld(stage)
    let log = VerdictLog()
    stage.sockets.open[1]?.options[.userTimeout] = 2000
    let id = try stage.monitor.watch(1, policy: .keepaliveOnly) { log.take($0) }
    world.run(.milliseconds(1500))
    stage.monitor.expectPause(of: id, for: .seconds(30))
    world.gone = [1]
    world.run(.milliseconds(29_900))
    #expect(log.changes.isEmpty)
    // The app's time-out would end the connection at the second probe.
    #expect(stage.sockets.open[1]?.options[.userTimeout] == .max)
    let end = stage.machine.now() + .milliseconds(100)
    world.run(.seconds(5))
    let death = try #require(log.changes.first { $0.verdict.isDead })
    #expect(death.time - end >= .milliseconds(1200))
    #expect(death.time - end <= .milliseconds(2600))
  }

  /// It was heard: nothing is to be waited for.
  @Test func aPeerThatIsHeardStaysAlive() throws {
    let stage = try VirtualStage(.builtIn)
    let world = KeepaliveWorld(stage)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .keepaliveOnly) { log.take($0) }
    world.run(.milliseconds(1500))
    stage.monitor.expectPause(of: id, for: .seconds(10))
    world.gone = [1]
    world.run(.seconds(5))
    world.gone = []
    world.run(.seconds(20))
    #expect(log.changes.isEmpty)
  }

  /// Data in flight: its time counts from the end of the pause.
  @Test func dataInFlightCountsAfreshToo() throws {
    let stage = try VirtualStage(.builtIn)
    let log = VerdictLog()
    let socket = try #require(stage.sockets.open[1])
    let id = try stage.monitor.watch(1, policy: .tcpInfoOnly) { log.take($0) }
    stage.run(.seconds(1))
    stage.monitor.expectPause(of: id, for: .seconds(20))
    stage.run(.seconds(1))
    let sent = stage.machine.now()
    func update() {
      socket.info.unacknowledged = 1
      socket.info.retransmits = 6
      socket.info.sinceDataSent = stage.machine.now() - sent
      socket.info.sinceAcknowledged = stage.machine.now() - sent
    }
    stage.machine.run(stage.monitor, for: .milliseconds(18_900), step: update)
    #expect(log.changes.isEmpty)
    let end = stage.machine.now() + .milliseconds(100)
    stage.machine.run(stage.monitor, for: .seconds(6), step: update)
    let death = try #require(log.changes.first { $0.verdict.isDead })
    #expect(death.time - end >= .milliseconds(3100))
    #expect(death.time - end <= .milliseconds(3400))
  }
}
