import Flatline
import FlatlineTestKit
import Testing

/// TCP_INFO over time, under a clock of the test's own.
struct TCPInfoDetectorTests {
  private let detector = TCPInfoDetector(
    suspectAfter: .milliseconds(200), deadAfter: .milliseconds(1000), attempts: 3, idlePeriod: .seconds(1),
    activePeriod: .milliseconds(50))

  private func begin() throws -> TCPInfoState {
    let state = detector.begin(Look(now: .at(0)))
    return try #require(state)
  }

  /// Data sent at 0 that nobody acknowledges; time-outs at 200 ms and each doubling.
  private func stalled(_ run: VirtualRun<TCPInfoDetector>, at now: Int, heals: Int = .max) {
    let attempts = [200, 600, 1400, 3000, 6200].filter { $0 <= now }
    var info = TCPInfo(state: .established)
    info.sinceDataSent = .milliseconds(now - (attempts.last ?? 0))
    info.sinceAcknowledged = .milliseconds(now)
    if now < heals {
      info.unacknowledged = 1
      info.retransmits = attempts.count
      info.backoff = attempts.count
    } else {
      info.bytesAcknowledged = 100
      info.sinceAcknowledged = .milliseconds(now - heals)
    }
    info.sendWindow = 65_536
    run.socket.info = info
  }

  @Test func anIdleConnectionIsNoBusinessOfTCPInfo() throws {
    let run = try VirtualRun(detector)
    var looks: [Int] = []
    let said = run.run(until: 10_000) { now in
      looks.append(now)
      run.socket.info.sinceDataSent = .milliseconds(now + 60_000)
    }
    #expect(said.isEmpty)
    // Rare while all is well, and on a grid, so that many connections share a wake-up.
    #expect((9...12).contains(looks.count))
    // Challenged, it has nothing to say either: a vote for alive would silence who sees more.
    #expect(run.give(.challenge) == nil)
  }

  @Test func aStallIsSuspiciousThenDeadOnceEnoughWasTried() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 4000) { stalled(run, at: $0) }
    let suspicion = try #require(said.first { $0.evidence.leaning == .suspicious })
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect((200...250).contains(suspicion.time))
    // A second has passed before, but the third attempt was made only at 1.4 s, and needs time to fail.
    #expect((1400...1500).contains(death.time))
    #expect(suspicion.evidence.cause == .pathSilent && death.evidence.cause == .pathSilent)
    #expect(death.evidence.layer == .path)
    #expect(!death.evidence.isConclusive)
    #expect(death.evidence.facts.contains(.count("retransmits", 3)))
  }

  @Test func anotherAttemptTakesNoDeathBack() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 7000) { stalled(run, at: $0) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    // The fourth attempt was made at 3 s, the fifth at 6.2 s. What stands is not said again.
    #expect(run.now >= 6200)
    #expect(said.last?.time == death.time)
  }

  @Test func aLongerPathGetsMoreTime() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 2000) { now in
      stalled(run, at: now)
      run.socket.info.roundTripTime = .milliseconds(100)
      run.socket.info.roundTripVariation = .milliseconds(25)
      run.socket.info.shortestRoundTripTime = .milliseconds(100)
    }
    let suspicion = try #require(said.first { $0.evidence.leaning == .suspicious })
    #expect((400...450).contains(suspicion.time))
  }

  @Test func progressTakesTheSuspicionBack() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 3000) { stalled(run, at: $0, heals: 700) }
    #expect(said.contains { $0.evidence.leaning == .suspicious })
    #expect(!said.contains { $0.evidence.leaning == .dead })
    let last = try #require(said.last)
    #expect(last.evidence.leaning < .suspicious)
    #expect((700...760).contains(last.time))
  }

  /// A path that stalled and came back within the last minute has half as long again.
  @Test(arguments: [(nil, 1000), (30_000, 1500), (61_000, 1000)])
  func aStallAfterAnotherMustLastLonger(after quiet: Int?, limit: Int) throws {
    let run = try VirtualRun(detector)
    func stall(_ now: Int, since start: Int) {
      run.socket.info.unacknowledged = 1
      run.socket.info.retransmits = (now - start) / 200
      run.socket.info.sinceDataSent = .milliseconds((now - start) % 200)
      run.socket.info.sinceAcknowledged = .milliseconds(now - start)
    }
    if quiet != nil {
      let said = run.run(until: 500) { stall($0, since: 0) }
      #expect(said.contains { $0.evidence.leaning == .suspicious })
    }
    run.socket.info = TCPInfo(state: .established)
    run.socket.info.bytesAcknowledged = 100
    _ = run.run(until: 600 + (quiet ?? 0)) { _ in }
    let start = run.now
    let said = run.run(until: start + 3000) { stall($0, since: start) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect((limit...limit + 120).contains(death.time - start))
  }

  @Test func timeOutsThatDoNotDoubleAreARoutersWord() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 2500) { now in
      stalled(run, at: now)
      run.socket.info.retransmits = now / 204
      run.socket.info.backoff = 0
      run.socket.info.sinceDataSent = .milliseconds(now % 204)
    }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect(death.evidence.cause == .hostUnreachable)
    // A thin stream's first six are not doubled anyway.
    let thin = try VirtualRun(TCPInfoDetector(attempts: 3, thinLinear: true))
    let thinSaid = thin.run(until: 3600) { now in
      stalled(thin, at: now)
      thin.socket.info.retransmits = min(6, now / 204)
      thin.socket.info.backoff = 0
    }
    #expect(thinSaid.contains { $0.evidence.leaning == .dead })
    #expect(thinSaid.allSatisfy { $0.evidence.cause == .pathSilent })
  }

  /// As strict as a policy for a local network.
  @Test(arguments: [2, 40, 85], [0, 0.12])
  func aClosedWindowIsAStallAndNeverADeathWhileItIsAnswered(roundTrip: Int, lateness: Double) throws {
    let strict = TCPInfoDetector(suspectAfter: .milliseconds(200), deadAfter: .seconds(1), attempts: 2)
    let probing = WindowProbing(roundTrip: roundTrip, lateness: lateness)
    let run = try VirtualRun(strict)
    let said = run.run(until: 60_000) { run.socket.info = probing.info(at: $0) }
    #expect(said.first { $0.evidence.leaning == .suspicious }?.evidence.cause == .stalled)
    #expect(!said.contains { $0.evidence.leaning == .dead })
  }

  /// From the beginning, or after a last answer at 3220 ms: then the third unanswered probe comes 23.7 s later.
  @Test(arguments: [(0, 1000...5000), (5000, 26_900...31_000)])
  func aClosedWindowThatIsNotAnsweredIsADeath(from silence: Int, within limits: ClosedRange<Int>) throws {
    let probing = WindowProbing(diesAt: silence)
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { run.socket.info = probing.info(at: $0) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect(limits.contains(death.time))
    #expect(death.evidence.layer == .host && death.evidence.cause == .pathSilent)
  }

  @Test func samplesAreRareFastOrAtOnce() throws {
    let run = try VirtualRun(detector)
    // The first look comes soon.
    #expect(run.next == 50)
    run.socket.info.sinceDataSent = .seconds(60)
    run.give(.due, at: 50)
    let idle = try #require(run.next)
    #expect((1050...1113).contains(idle))
    // It sends: faster.
    run.socket.info.sinceDataSent = .milliseconds(5)
    run.give(.due, at: 1100)
    #expect(run.next == 1150)
    // A limit before the next sample is met exactly.
    run.socket.info.unacknowledged = 1
    run.socket.info.sinceDataSent = .zero
    run.give(.due, at: 1150)
    // Not before the look at 1100, when nothing was in flight: suspicious at 1300.
    run.socket.info.sinceDataSent = .milliseconds(120)
    run.give(.due, at: 1270)
    #expect(run.next == 1300)
  }

  /// A look that comes a little late still dates what it sees by the look before it; another write on the dead path
  /// has moved the time of the last transmission by then.
  @Test func aLateLookMovesNoStall() throws {
    let run = try VirtualRun(
      TCPInfoDetector(suspectAfter: .seconds(4), idlePeriod: .seconds(4), activePeriod: .milliseconds(250)))
    run.socket.info.sinceDataSent = .milliseconds(5)
    run.give(.due, at: 250)
    run.socket.info.unacknowledged = 2
    run.give(.due, at: 502)
    run.give(.due, at: 4100)
    #expect(run.next == 4250)
  }

  @Test func readinessIsNoneOfItsBusiness() {
    #expect(detector.needs.readiness.isEmpty)
    #expect(detector.needs.readings == .tcpInfo)
  }

  /// A sample finds the end, or a challenge at once.
  @Test(arguments: [LookReasons.due, .challenge])
  func theEndIsToldAndSamplingStops(reasons: LookReasons) throws {
    var state = try begin()
    let end = ConnectionEnd(.peerReset, tcpInfo: TCPInfo(state: .close))
    let look = Look(
      now: .at(1), isDue: reasons.isDue, isChallenged: reasons.isChallenged, tcpInfo: end.tcpInfo, end: end)
    let opinion = detector.examine(look, &state)
    #expect(opinion == Opinion(end.evidence(at: .at(1)), next: .never))
  }

  @Test func aHalfCloseIsToldOnceAndTheEndAfterIt() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 5000) { now in
      run.socket.info.state = now < 3000 ? .closeWait : .close
      if now >= 3000 { run.socket.info.segmentsReceived = 2 }
    }
    #expect(said.map(\.evidence.isHalfClose) == [true, false])
    #expect(said.allSatisfy { $0.evidence.isConclusive })
    #expect(said.map(\.evidence.cause) == [.peerClosed, .peerReset])
    #expect(run.next == nil)
  }

  /// A foreign connection that has just vanished: the kernel says who closed it a little later.
  @Test func whatCannotBeReadIsAskedForAgainSoon() throws {
    var state = try begin()
    let opinion = detector.examine(Look(now: .at(1), isDue: true), &state)
    #expect(opinion == Opinion(next: .at(1) + .milliseconds(5)))
  }

  @Test func aStallOfTheMonitorIsNoSample() throws {
    var state = try begin()
    let opinion = detector.examine(Look(now: .at(1), stall: .seconds(5)), &state)
    #expect(opinion == .unchanged)
  }

  @Test func thePaceOfRetransmissionsIsPutBackInOrder() throws {
    let options: [SocketOption] = [.thinLinearTimeouts, .retransmissionTimeoutLimit, .userTimeout]
    for patience: CInt in [0, 30_000] {
      let socket = ScriptedSocket()
      socket.options[.userTimeout] = patience
      let before = socket.options
      let run = try VirtualRun(TCPInfoDetector(thinLinear: true, retransmitCap: .seconds(1)), on: socket)
      #expect(options.map { socket.options[$0] } == [1, 1000, patience == 0 ? 928_896 : 30_000])
      run.end()
      #expect(socket.options == before)
    }
    // Without the settings, or where the kernel lacks an option, nothing is touched.
    let plain = try VirtualRun(TCPInfoDetector())
    plain.end()
    #expect(plain.socket.settings.isEmpty)
    #expect(TCPInfoDetector().needs.options.isEmpty)
    let old = ScriptedSocket(options: [.userTimeout: 0])
    let run = try VirtualRun(TCPInfoDetector(thinLinear: true, retransmitCap: .seconds(1)), on: old)
    run.end()
    #expect(old.settings.isEmpty)
  }
}
