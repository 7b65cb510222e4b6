import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// `Monitor.look(at:)`.
struct LookNowTests {
  /// It would look in an hour, and answers now.
  @Test func everyDetectorIsAskedNow() throws {
    let strings = PuppetStrings(needs: .every(.seconds(3600)))
    strings.answer {
      $0.isChallenged ? Opinion(Evidence(.dead, layer: .process, cause: .peerHung, at: $0.now)) : .unchanged
    }
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.run(.seconds(5))
    #expect(strings.looks.isEmpty)
    let now = stage.machine.now()
    #expect(stage.monitor.look(at: id) == .dead(.peerHung))
    #expect(strings.looks.map(\.reasons) == [.challenge])
    #expect(strings.looks.map(\.now) == [now])
    // The events come with the monitor's next turn, and no rule has asked.
    #expect(log.events.isEmpty)
    stage.run(.zero)
    #expect(log.verdicts == [.dead(.peerHung)])
    #expect(log.ballots.map(\.evidence.challengedBy) == [[]])
  }

  /// What a detector counts by its own times is not hurried.
  @Test func nobodysTimeComesSooner() throws {
    let strings = PuppetStrings(needs: .every(.seconds(1)))
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    stage.run(.milliseconds(500))
    for _ in 0..<50 { #expect(stage.monitor.look(at: id) == .alive) }
    stage.run(.seconds(3))
    #expect(strings.looks.filter(\.isDue).count == 3)
    #expect(strings.looks.filter(\.isChallenged).count == 50)
  }

  /// The monitor asks its own event queue, and no descriptor of the process that has the same number.
  @Test func anEndThatTheQueueHasNotReportedYetIsSeen() throws {
    let strings = PuppetStrings(needs: .readiness(.ending))
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    #expect(stage.monitor.look(at: id) == .alive)
    stage.machine.report([.readHangUp, .hangUp], of: 1)
    #expect(stage.monitor.look(at: id) == .alive)
    let reasons = strings.looks.map(\.reasons)
    #expect(reasons == [.challenge, .readiness([.readHangUp, .hangUp]), .challenge])
  }

  @Test func whatIsNotWatchedHasNoVerdict() throws {
    let strings = PuppetStrings()
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    stage.monitor.unwatch(id)
    #expect(stage.monitor.look(at: id) == nil)
    stage.monitor.shutDown()
    #expect(stage.monitor.look(at: id) == nil)
    #expect(strings.looks.isEmpty)
  }

  /// The time that the monitor slept is nobody's silence, whoever wakes it.
  @Test func aStallIsFoundFirst() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(100)))
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    stage.run(.milliseconds(350))
    stage.sleep(.seconds(10))
    let before = strings.looks.count
    #expect(stage.monitor.look(at: id) == .alive)
    #expect(strings.looks.dropFirst(before).map { $0.stall > .seconds(9) } == [true, false])
    #expect(stage.monitor.timeAsleep > .seconds(9))
  }

  /// In a turn it is left to the next one.
  @Test func inAHandlerItIsLeftToTheNextTurn() throws {
    let strings = PuppetStrings(needs: .every(.seconds(1)))
    strings.answer { look in
      look.isChallenged
        ? Opinion(Evidence(.dead, layer: .process, cause: .peerHung, at: look.now))
        : Opinion(Evidence(.suspicious, layer: .process, cause: .peerHung, at: look.now))
    }
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let inside = Mutex<Verdict?>(nil)
    let monitor = Unchecked(stage.monitor)
    _ = try stage.monitor.watch(1, policy: .puppet) { event in
      log.take(event)
      if case .verdict(let change) = event, change.verdict == .suspect {
        let verdict = monitor.value.look(at: event.connection)
        inside.withLock { $0 = verdict }
      }
    }
    stage.run(.milliseconds(1010))
    #expect(inside.withLock { $0 } == .suspect)
    #expect(log.verdicts == [.suspect, .dead(.peerHung)])
  }

  /// By a policy of epoll alone, between the FIN and the monitor's own turn.
  @Test func anEndThatEpollHasNotReportedYetIsSeen() throws {
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    let pair = try TCPPair.loopback(server: .silent)
    let id = try monitor.watch(pair.client, policy: .epollOnly)
    #expect(monitor.look(at: id) == .alive)
    pair.serverResets()
    #expect(eventually { monitor.look(at: id) == .dead(.peerReset) })
    // Nothing was taken.
    var error: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(pair.client, SOL_SOCKET, SO_ERROR, &error, &length)
    #expect(error == ECONNRESET)
    monitor.unwatch(id)
  }

  /// A silent peer is asked, and the answer comes later.
  @Test func aSilentPeerIsSampledNow() throws {
    let monitor = try Monitor(registry: .builtIn)
    defer { monitor.shutDown() }
    let pair = try TCPPair.loopback(server: .silent)
    let policy = Policy(
      name: "slow", detectors: [.tcpInfo(idlePeriod: .seconds(60))], suspect: "tcp-info", dead: "tcp-info")
    let id = try monitor.watch(pair.client, policy: policy)
    pair.serverShutsDownWrite()
    #expect(eventually { monitor.look(at: id)?.isDead == true })
  }

  @Test func aDescriptorThatNamesAnotherSocketIsNotLookedAt() throws {
    let strings = PuppetStrings(needs: .every(.seconds(3600)))
    let stage = try VirtualStage(strings)
    let id = try stage.monitor.watch(1, policy: .puppet)
    let other = ScriptedSocket(.connected)
    other.cookie = 77
    stage.sockets.open[1] = other
    #expect(stage.monitor.look(at: id) == .dead(.localClosed))
    #expect(strings.looks.isEmpty)
  }
}
