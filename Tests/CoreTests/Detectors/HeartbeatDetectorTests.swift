import Flatline
import FlatlineTestKit
import Testing

/// The heartbeat over time, under a clock of the test's own.
struct HeartbeatDetectorTests {
  private let detector = HeartbeatDetector(interval: .milliseconds(100), estimator: .fixed(misses: 6))

  @Test func pingsOnASchedule() throws {
    let pinger = ScriptedPinger()
    let run = try VirtualRun(detector, pinger: pinger)
    #expect(run.next == 0)
    var pings: [Int] = []
    for _ in 0..<200 {
      guard let next = run.next, next <= 1000 else { break }
      let before = pinger.count
      run.give(.due, at: Int(next.rounded(.up)))
      if pinger.count > before { pings.append(run.now) }
      run.give(.received(5), at: run.now + 1)
    }
    #expect(pings == Array(stride(from: 0, through: 1000, by: 100)))
  }

  @Test func lifeIsToldOnce() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.give(.due, at: 0)
    #expect(run.give(.received(1), at: 3)?.leaning == .alive)
    #expect(run.give(.received(1), at: 4) == nil)
    // Bytes that nobody reported count as well.
    run.give(.due, at: 100)
    run.socket.info.bytesReceived = 10
    #expect(run.give(.due, at: 200) == nil)
    #expect(run.run(until: 700).allSatisfy { $0.time > 450 })
  }

  /// Silence from 0 on, with the pings acknowledged or not.
  private func silence(acknowledged: Bool) throws -> [(time: Int, evidence: Evidence)] {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    return run.run(until: 2000) { now in
      run.socket.info.unacknowledged = acknowledged ? 0 : 1
      run.socket.info.sinceAcknowledged = .milliseconds(acknowledged ? now % 100 : now)
      run.socket.info.retransmissionTimeout = .milliseconds(200)
      // Time-outs at 200, 600 and 1400 ms.
      run.socket.info.retransmits = acknowledged ? 0 : [200, 600, 1400].count { $0 <= now }
    }
  }

  /// A stall kept the pings back: the program got them only now, and has had no time to answer.
  @Test(arguments: [nil, 800])
  func pingsThatArriveLateGetTimeToBeAnswered(answer: Int?) throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    let said = run.run(until: 2000) { now in
      let isStalled = now < 590
      run.socket.info.unacknowledged = isStalled ? 1 : 0
      run.socket.info.retransmits = isStalled ? 2 : 0
      run.socket.info.bytesRetransmitted = now < 200 ? 0 : 14
      run.socket.info.sinceDataSent = .milliseconds(now % 300)
      run.socket.info.retransmissionTimeout = .milliseconds(200)
      run.socket.info.sinceAcknowledged = .milliseconds(isStalled ? now : now % 100)
      if let answer, now >= answer {
        run.socket.info.bytesReceived = UInt64(now)
        run.socket.info.sinceDataReceived = .zero
      }
    }
    let death = said.first { $0.evidence.leaning == .dead }
    #expect(said.first?.evidence.cause == .pathSilent)
    if answer == nil {
      // Three times as long, and then it is the program's fault.
      #expect(death.map { (1795...1805).contains($0.time) } == true)
      #expect(death?.evidence.cause == .peerHung)
    } else {
      #expect(death == nil)
      #expect(said.contains { $0.evidence.leaning == .alive })
    }
  }

  /// The last ping may have left a moment before the verdict, the one before long ago.
  @Test func aPingJustSentDoesNotSpeakAgainstThePeersHost() throws {
    let slow = HeartbeatDetector(interval: .milliseconds(475), estimator: .fixed(misses: 6))
    let run = try VirtualRun(slow, pinger: ScriptedPinger())
    let said = run.run(until: 4000) { now in
      run.socket.info.unacknowledged = 1
      run.socket.info.sinceDataSent = .zero
      run.socket.info.sinceAcknowledged = .milliseconds(474)
      run.socket.info.retransmissionTimeout = .milliseconds(204)
    }
    #expect(said.map(\.evidence.cause) == [.peerHung, .peerHung])
  }

  @Test(arguments: [(true, Cause.peerHung, Layer.process), (false, .pathSilent, .path)])
  func halfTheSilenceIsSuspiciousAndTheWholeADeath(acknowledged: Bool, cause: Cause, layer: Layer) throws {
    let said = try silence(acknowledged: acknowledged)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.map(\.time).first.map { (300...302).contains($0) } == true)
    #expect(said.map(\.time).last.map { (600...602).contains($0) } == true)
    #expect(said.last?.evidence.cause == cause)
    #expect(said.last?.evidence.layer == layer)
    #expect(said.allSatisfy { !$0.evidence.isConclusive })
  }

  /// Answers are lost on a path that still brings acknowledgements: it has been silent for less long than the program.
  @Test(arguments: [(nil, 4850), (1000, 8550)])
  func aPathIsSilentSinceTheLastAcknowledgement(again period: Int?, death: Int) throws {
    let slow = HeartbeatDetector(interval: .milliseconds(475), estimator: .fixed(misses: 6))
    let run = try VirtualRun(slow, pinger: ScriptedPinger())
    let said = run.run(until: 10_000) { now in
      run.socket.info.unacknowledged = 1
      run.socket.info.retransmits = 1
      run.socket.info.retransmissionTimeout = .milliseconds(204)
      let last = period.map { now - now % $0 } ?? min(now, 2000)
      run.socket.info.sinceAcknowledged = .milliseconds(now - last)
    }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.last.map { (death...death + 5).contains($0.time) } == true)
    #expect(said.last?.evidence.cause == .pathSilent)
  }

  /// The peer's kernel sends a lost answer again at times that double: a living program may seem to hang.
  @Test(arguments: [(0, 1800), (30_000, 1800), (61_000, 600)])
  func onAPathThatLostOfLateAProgramHasThreeTimesAsLong(after quiet: Int, limit: Int) throws {
    let run = try runAfterASilentPath(then: quiet)
    let heard = run.now
    let said = run.run(until: heard + 2000)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.last.map { (limit...limit + 5).contains($0.time - heard) } == true)
    #expect(said.last?.evidence.cause == .peerHung)
  }

  /// Pings wait behind the window: no answer can have been lost, whatever was sent again.
  @Test func aClosedWindowHasNoLongerForThat() throws {
    let run = try runAfterASilentPath(then: 0)
    let heard = run.now
    let said = run.run(until: heard + 2000) { now in
      run.socket.info.notSent = 100
      run.socket.info.sendWindow = 0
      run.socket.info.bytesRetransmitted = 50
      run.socket.info.sinceAcknowledged = .milliseconds(now % 200)
    }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.last.map { (600...605).contains($0.time - heard) } == true)
    #expect(said.last?.evidence.cause == .stalled)
  }

  @Test(arguments: [(30_000, 900), (61_000, 600)])
  func aPathThatWasSilentOfLateHasHalfAsLongAgain(after quiet: Int, limit: Int) throws {
    let run = try runAfterASilentPath(then: quiet)
    let heard = run.now
    let said = run.run(until: heard + 2000) { now in
      run.socket.info.unacknowledged = 1
      run.socket.info.retransmits = 1
      run.socket.info.sinceAcknowledged = .milliseconds(now - heard)
    }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.last.map { (limit...limit + 5).contains($0.time - heard) } == true)
    #expect(said.last?.evidence.cause == .pathSilent)
  }

  /// A path that was silent and then answered everything for so long; the program has just answered.
  private func runAfterASilentPath(then quiet: Int) throws -> VirtualRun<HeartbeatDetector> {
    let silence = 590
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.socket.info.retransmissionTimeout = .milliseconds(200)
    _ = run.run(until: silence) { now in
      run.socket.info.unacknowledged = 1
      run.socket.info.retransmits = 1
      run.socket.info.bytesRetransmitted = 7
      run.socket.info.sinceAcknowledged = .milliseconds(now)
    }
    run.socket.info.unacknowledged = 0
    run.socket.info.retransmits = 0
    run.socket.info.sinceAcknowledged = .zero
    _ = run.run(until: silence + 100 + quiet) { now in
      run.socket.info.bytesReceived = UInt64(now)
      run.socket.info.sinceDataReceived = .zero
    }
    return run
  }

  @Test func aStallOfTheMonitorMovesTheDeadlines() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    _ = run.run(until: 200)
    #expect(run.give(.stall(.milliseconds(5000)), at: 5200) == nil)
    // What was silent before the stall still counts, what fell in it does not. The ping that was due goes out at once.
    #expect(run.next == 5201)
    let said = run.run(until: 6000)
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.first.map { $0.time >= 5300 } == true)
    #expect(said.last.map { $0.time >= 5600 } == true)
  }

  /// Or every connection of the monitor would ask in the same moment from then on.
  @Test func aShortStallLeavesThePingsTheirTimes() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    _ = run.give(.due, at: 0)
    run.give(.received(1), at: 1)
    let due = try #require(run.next)
    #expect(due > 40)
    #expect(run.give(.stall(.milliseconds(30)), at: 40) == nil)
    #expect(run.next == due)
  }

  @Test func aStreamThatCannotBePingedIsNoBusinessOfTheHeartbeat() throws {
    #expect(detector.needs.pinger)
    let pinger = ScriptedPinger()
    let run = try VirtualRun(detector, pinger: pinger)
    run.give(.due, at: 0)
    run.give(.received(1), at: 1)
    pinger.answer(.never)
    #expect(run.give(.due, at: 100)?.leaning == .abstaining)
    #expect(run.run(until: 5000).isEmpty)
  }

  /// An answer not given.
  @Test func aHandshakeThatNeverEndsIsASilence() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger(.handshakePending))
    #expect(run.run(until: 1000).map(\.evidence.leaning) == [.suspicious, .dead])
  }

  @Test func lifeAfterADeathIsLife() throws {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    #expect(run.run(until: 1000).last?.evidence.leaning == .dead)
    #expect(run.give(.received(1), at: 1001)?.leaning == .alive)
    #expect(run.run(until: 1250).isEmpty)
  }

  /// Pings go on in a silence; what was expected last does not move with them.
  @Test func chenExpectsTheAnswerThatIsDue() throws {
    let chen = HeartbeatDetector(interval: .milliseconds(100), estimator: .chen(margin: .milliseconds(150)))
    let run = try VirtualRun(chen, pinger: ScriptedPinger())
    for ping in 0..<20 {
      run.give(.due, at: ping * 100)
      run.give(.received(1), at: ping * 100 + 5)
    }
    // The answer after that of 1905 is due at 2005.
    let said = run.run(until: 4000)
    #expect(said.last?.evidence.leaning == .dead)
    #expect(said.last.map { (2155...2157).contains($0.time) } == true, "\(said)")
  }

  @Test(arguments: [(TCPState.close, Cause.peerReset), (.closeWait, .peerClosed)])
  func whatTheKernelHasEndedIsToldAndNotPinged(state: TCPState, cause: Cause) throws {
    let pinger = ScriptedPinger()
    let run = try VirtualRun(detector, pinger: pinger)
    run.give(.due, at: 0)
    run.socket.info.state = state
    run.socket.info.segmentsReceived = 1
    let end = run.give(.due, at: 100)
    #expect(end?.cause == cause)
    #expect(end?.isConclusive == true)
    #expect(run.next == nil)
    #expect(pinger.count == 1)
  }

  /// Bytes that the app reported and a ping that is due, in one look.
  @Test func whatIsHeardCountsBeforeThePingOfTheSameLook() throws {
    let begin = Look(now: .at(0), tcpInfo: TCPInfo(state: .established), canPing: true)
    let begun = detector.begin(begin)
    var state = try #require(begun)
    let first = detector.examine(Look(now: .at(0), isDue: true, tcpInfo: begin.tcpInfo), &state)
    #expect(first == Opinion(next: .at(100), actions: [.ping]))
    let both = detector.examine(
      Look(now: .at(100), isDue: true, received: 3, tcpInfo: begin.tcpInfo), &state)
    #expect(both.evidence?.leaning == .alive)
    #expect(both.actions == [.ping])
    // The ping of that look is out: its answer is waited for.
    let silent = detector.examine(Look(now: .at(400), isDue: true, tcpInfo: begin.tcpInfo), &state)
    #expect(silent.evidence == nil)
    let late = detector.examine(Look(now: .at(401), isDue: true, tcpInfo: begin.tcpInfo), &state)
    #expect(late.evidence?.leaning == .suspicious)
  }

  /// The kernel may refuse a reading once: the heartbeat goes on.
  @Test func aLookWithoutAReadingChangesNothing() throws {
    let begin = Look(now: .at(0), tcpInfo: TCPInfo(state: .established), canPing: true)
    let begun = detector.begin(begin)
    var state = try #require(begun)
    #expect(detector.examine(Look(now: .at(0), isDue: true), &state) == .unchanged)
    #expect(detector.needs.period == .milliseconds(100))
  }
}
