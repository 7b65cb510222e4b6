import Flatline
import FlatlineTestKit
import Testing

@testable import FlatlineHeartbeat

/// Silence that speaks against nobody: nothing was asked, or nothing can come in.
struct HeartbeatExcusesTests {
  private let detector = HeartbeatDetector(interval: .milliseconds(100), estimator: .fixed(misses: 6))

  // MARK: Not our turn

  @Test(arguments: [0, 250, 450])
  func whatCannotBeAskedIsHeldAgainstNobody(from busy: Int) throws {
    let pinger = ScriptedPinger(busy == 0 ? .notNow : .sent)
    let run = try VirtualRun(detector, pinger: pinger)
    // Asked before, answered or not: suspicious at 300 ms.
    if busy > 0 { _ = run.run(until: busy) }
    pinger.answer(.notNow)
    let before = pinger.count
    let said = run.run(until: busy + 10_000)
    #expect(said.map(\.evidence.leaning).filter { $0 != .abstaining }.isEmpty, "\(said)")
    #expect(said.count == 1, "said once: \(said)")
    #expect(said.first?.evidence.notes.contains(.text("ping", "not_now")) == true)
    // It goes on asking at its interval.
    #expect((99...101).contains(pinger.count - before))
  }

  /// Bytes that come meanwhile are no answer: the other detectors watch.
  @Test func abstainsAlsoWhileBytesCome() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger(.notNow))
    let said = run.run(until: 3000) { now in
      run.socket.info.bytesReceived = UInt64(now)
      run.socket.info.sinceDataReceived = .zero
    }
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect(run.give(.received(5), at: 3050) == nil)
  }

  @Test func startsAfreshWithTheFirstPingThatIsSent() throws {
    let pinger = ScriptedPinger(.notNow)
    let run = try VirtualRun(detector, pinger: pinger)
    _ = run.run(until: 5000)
    pinger.answer(.sent)
    // Sent at 5100.
    let said = run.run(until: 6000)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.first.map { (5400...5402).contains($0.time) } == true, "\(said)")
    #expect(said.last.map { (5700...5702).contains($0.time) } == true, "\(said)")
  }

  @Test func lifeAfterItIsLife() throws {
    let pinger = ScriptedPinger(.notNow)
    let run = try VirtualRun(detector, pinger: pinger)
    _ = run.run(until: 1000)
    pinger.answer(.sent)
    _ = run.run(until: 1100)
    #expect(run.give(.received(1), at: 1105)?.leaning == .alive)
  }

  /// Times at which nothing was asked teach an estimator nothing.
  @Test(arguments: [
    Estimator.chen(margin: .milliseconds(150)),
    .phiNormal(threshold: 8, minimumDeviation: .milliseconds(20)), .phiExponential(threshold: 3),
  ])
  func estimatorsLearnNothingMeanwhile(_ estimator: Estimator) throws {
    func death(busy: Bool) throws -> Int {
      let pinger = ScriptedPinger()
      let run = try VirtualRun(
        HeartbeatDetector(interval: .milliseconds(100), estimator: estimator), pinger: pinger)
      func answer(until end: Int) {
        while run.now + 100 <= end {
          run.give(.due, at: run.now + (run.now == 0 ? 0 : 95))
          run.give(.received(1), at: run.now + 5)
        }
      }
      answer(until: 3000)
      if busy {
        pinger.answer(.notNow)
        _ = run.run(until: run.now + 60_000)
        pinger.answer(.sent)
        answer(until: run.now + 1000)
      }
      let last = run.now
      let said = run.run(until: last + 10_000)
      return try #require(said.last { $0.evidence.leaning == .dead }).time - last
    }
    #expect(try abs(death(busy: true) - death(busy: false)) <= 100)
  }

  // MARK: Answers not given

  @Test(arguments: [PingOutcome.handshakePending, .streamFull])
  func aHandshakeOrAFullStreamCountsOn(_ outcome: PingOutcome) throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger(outcome))
    let said = run.run(until: 1000)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    let isShown = said.allSatisfy { $0.evidence.notes.contains(.text("ping", "stream_full")) }
    #expect(isShown == (outcome == .streamFull))
  }

  @Test func aStreamThatCannotBePingedSaysSo() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger(.never))
    let said = run.give(.due, at: 0)
    #expect(said?.leaning == .abstaining)
    #expect(said?.notes == [.text("ping", "never")])
    // The connection's end is still reported, once.
    #expect(run.run(until: 5000).isEmpty)
    run.socket.info.state = .close
    #expect(run.run(until: 10_000).map(\.evidence.leaning) == [.dead])
  }

  @Test func noPingFollowsOurOwnFIN() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.give(.due, at: 0)
    run.give(.received(1), at: 1)
    run.socket.info.state = .finWait2
    #expect(run.run(until: 5000).map(\.evidence.leaning) == [.abstaining])
  }

  // MARK: Our own window

  struct Window: Sendable {
    var window: Int?
    var unread: Int
  }

  /// Closed, nearly closed, and less than the next of a sender's segments.
  @Test(arguments: [
    Window(window: 0, unread: 6096), Window(window: 96, unread: 6000), Window(window: 1100, unread: 5000),
    Window(window: 5120, unread: 124_000), Window(window: 60_000, unread: 6_000_000), Window(unread: 5000),
  ])
  func behindOurOwnWindowSilenceIsSuspiciousAtMost(_ window: Window) throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.socket.info.receiveWindow = window.window
    run.socket.unread = window.unread
    let said = run.run(until: 5000)
    #expect(said.map(\.evidence.leaning) == [.suspicious])
    #expect(said.map(\.evidence.cause) == [.localBackpressure])
    #expect(said.first.map { (300...302).contains($0.time) } == true)
    #expect(said.first?.evidence.notes.contains(.count("unread", window.unread)) == true)
    // One look a ping: it does not spin.
    #expect(run.next.map { $0 > 5000 } == true)
  }

  /// Even if nothing is acknowledged: a kernel without room drops what comes.
  @Test func anUnansweringHostIsNotToBlameEither() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    let said = run.run(until: 5000) { now in
      run.socket.info.receiveWindow = 0
      run.socket.unread = 6000
      run.socket.info.unacknowledged = 3
      run.socket.info.retransmits = 4
      run.socket.info.sinceAcknowledged = .milliseconds(now)
    }
    #expect(said.map(\.evidence.cause) == [.localBackpressure])
  }

  @Test(arguments: [
    Window(window: 0, unread: 0), Window(window: 60_000, unread: 2000),
    Window(window: 20_000, unread: 100_000),
    Window(window: 1_000_000, unread: 5_000_000), Window(unread: 0),
  ])
  func anOpenWindowExcusesNobody(_ window: Window) throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.socket.info.receiveWindow = window.window
    run.socket.unread = window.unread
    let said = run.run(until: 5000)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.allSatisfy { $0.evidence.cause == .peerHung })
  }

  @Test func endsWhenTheAppReadsAndStartsAfresh() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    func read(_ isFull: Bool) {
      run.socket.info.receiveWindow = isFull ? 0 : 60_000
      run.socket.unread = isFull ? 60_000 : 0
    }
    read(true)
    #expect(run.run(until: 2000).map(\.evidence.leaning) == [.suspicious])
    read(false)
    let said = run.run(until: 4000)
    #expect(said.map(\.evidence.leaning) == [.abstaining, .suspicious, .dead])
    #expect(said.map(\.evidence.cause) == [nil, .peerHung, .peerHung])
    let times = said.map(\.time)
    #expect(times[1] - times[0] >= 299 && times[2] - times[0] >= 599, "\(times)")
  }

  /// A hung peer that was suspect before: our own window is the nearer reason from then on.
  @Test func aWindowThatClosesLaterChangesTheCause() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    let said = run.run(until: 3000) { now in
      run.socket.info.receiveWindow = now < 400 ? 60_000 : 0
      run.socket.unread = 2000
    }
    #expect(said.map(\.evidence.cause) == [.peerHung, .localBackpressure])
    #expect(said.map(\.evidence.leaning) == [.suspicious, .suspicious])
  }

  @Test func anAnswerThatStillGetsInIsLife() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.socket.info.receiveWindow = 500
    run.socket.unread = 60_000
    #expect(run.run(until: 1000).map(\.evidence.leaning) == [.suspicious])
    run.socket.info.bytesReceived = 5
    #expect(run.run(until: 1100).map(\.evidence.leaning) == [.alive])
  }

  /// Without tcpi_rcv_wnd (before Linux 6.2) the window is judged by the receive buffer.
  @Test(arguments: [
    (100, Optional(8192), false), (2048, 8192, true), (30_000, 131_072, false), (40_000, 131_072, true),
    (1, nil, true),
  ])
  func anOldKernelsWindowIsJudgedByTheBuffer(_ unread: Int, _ buffer: Int?, _ isFull: Bool) {
    #expect(OwnWindow.isNearlyFull(unread, of: buffer) == isFull)
  }
}
