import Flatline
import FlatlineTestKit
import Testing

/// Keepalive over time, under a clock of the test's own.
struct KeepaliveDetectorTests {
  private let detector = KeepaliveDetector(
    idle: .seconds(1), burst: .milliseconds(1200), burstInterval: .milliseconds(125))

  /// The peer's last sign of life was at 0, its kernel answers no more from then on, and a probe goes out after
  /// one second of silence and with every request since.
  private func silent(_ run: VirtualRun<KeepaliveDetector>, at now: Int) {
    run.socket.info.sinceAcknowledged = .milliseconds(now)
    run.socket.info.sinceDataReceived = .milliseconds(now)
    if now >= 1000 { run.socket.info.probes = max(1, (now - 1000) / 125) }
  }

  /// The peer's kernel answers all, a probe each 1020 ms.
  private func answered(_ run: VirtualRun<KeepaliveDetector>, at now: Int) {
    run.socket.info.probes = 0
    run.socket.info.sinceAcknowledged = .milliseconds(now % 1020)
    run.socket.info.sinceDataReceived = .seconds(100)
  }

  /// The peer's kernel has answered nothing since a moment: a probe goes out a second after, and with every request.
  private func silent(_ run: VirtualRun<KeepaliveDetector>, at now: Int, since: Int) {
    run.socket.info.probes = now - since >= 1000 ? max(1, (now - since - 1000) / 125) : 0
    run.socket.info.sinceAcknowledged = .milliseconds(now - since)
    run.socket.info.sinceDataReceived = .seconds(100)
  }

  @Test func optionsAreSavedSetAndPutBackInOrder() throws {
    let socket = ScriptedSocket()
    socket.options[.keepaliveIdle] = 600
    socket.options[.keepaliveCount] = 4
    let before = socket.options
    let run = try VirtualRun(
      KeepaliveDetector(idle: .seconds(5), interval: .seconds(7), probes: 6), on: socket)
    // Accelerated: the interval follows the idle time, and the burst convicts before the kernel.
    #expect(socket.options[.keepaliveIdle] == 5)
    #expect(socket.options[.keepaliveInterval] == 5)
    #expect(socket.options[.keepaliveCount] == 127)
    // Turned on only when the times are right.
    #expect(socket.settings.last == ScriptedSocket.Setting(option: .keepalive, value: 1))
    socket.forgetCalls()
    run.end()
    #expect(socket.options == before)
    // Turned off before the times change, so that no probe is sent by it.
    #expect(socket.settings.first == ScriptedSocket.Setting(option: .keepalive, value: 0))
    #expect(socket.settings.count == 4)

    let plain = try VirtualRun(
      KeepaliveDetector(idle: .seconds(5), interval: .seconds(7), probes: 6, accelerated: false))
    #expect(plain.socket.options[.keepaliveInterval] == 7)
    #expect(plain.socket.options[.keepaliveCount] == 6)
  }

  @Test func aBurstBeginsAtTheFirstUnansweredProbeAndConvictsAtItsEnd() throws {
    let run = try VirtualRun(detector)
    run.socket.forgetCalls()
    var probes: [Int] = []
    let said = run.run(until: 4000) { now in
      silent(run, at: now)
      if now > 2500 { return }
      probes.append(now)
    }
    let suspicion = try #require(said.first { $0.evidence.leaning == .suspicious })
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    // First seen at 1040; that probe may have gone out this very moment, so it is held against the peer one burst
    // interval later. The burst counts from the first sight.
    #expect((1140...1200).contains(suspicion.time))
    #expect((2240...2440).contains(death.time))
    #expect(death.evidence.cause == .pathSilent)
    #expect(death.evidence.layer == .host)
    #expect(!death.evidence.isConclusive)
    // Every probe was asked for by the one option that needs no privilege.
    let asked = run.socket.settings.filter { $0.option != .userTimeout }
    #expect((8...14).contains(asked.count))
    #expect(asked.allSatisfy { $0 == ScriptedSocket.Setting(option: .keepaliveIdle, value: 1) })
  }

  /// A look may come just as the burst is over, with two round trips left for its last answer.
  @Test(arguments: [(0, 1040), (1, 1040), (20, 1080)])
  func aBurstConvictsOnceItsLastAnswerHasHadItsTime(roundTrip: Int, begins: Int) throws {
    // Looks fall on multiples of the interval, and so does the end of the burst.
    let run = try VirtualRun(
      KeepaliveDetector(idle: .seconds(1), burst: .milliseconds(1250), burstInterval: .milliseconds(125)))
    run.socket.info.roundTripTime = .milliseconds(roundTrip)
    let said = run.run(until: 4000) { silent(run, at: $0) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    // It begins at a look by when the answer ought to have been here.
    #expect(death.time == begins + 1250 + 2 * roundTrip)
  }

  @Test func anAnswerClearsTheBurst() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 2300) { now in
      silent(run, at: now)
      // Its 500 ms limit kept the peer from answering before.
      if now >= 1700 {
        run.socket.info.probes = 0
        run.socket.info.sinceAcknowledged = .milliseconds(now - 1700)
      }
    }
    #expect(said.contains { $0.evidence.leaning == .suspicious })
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect(said.last?.evidence.leaning == .alive)
    // The next silence starts a burst of its own.
    let again = run.run(until: 3500) { now in
      run.socket.info.sinceAcknowledged = .milliseconds(now - 1700)
      run.socket.info.sinceDataReceived = .milliseconds(now)
      run.socket.info.probes = now > 2700 ? 1 : 0
    }
    #expect(again.contains { $0.evidence.leaning == .suspicious })
    #expect(!again.contains { $0.evidence.leaning == .dead })
  }

  /// The path has become longer since the kernel last measured it: a look finds a probe whose answer is on its way.
  @Test func anAnswerOnItsWayIsNotMissed() throws {
    let run = try VirtualRun(KeepaliveDetector(idle: .seconds(1), burst: .milliseconds(2650)))
    let look = try #require(run.next.map { Int($0.rounded(.up)) })
    run.socket.info.probes = 1
    run.socket.info.sinceAcknowledged = .milliseconds(1052)
    run.socket.info.sinceDataReceived = .seconds(100)
    #expect(run.give(.due, at: look) == nil)
    #expect(run.give(.challenge, at: look + 60) == nil)
    // One that stays unanswered is held against the peer at the next look, and the burst counts from it.
    let next = try #require(run.next.map { Int($0.rounded(.up)) })
    #expect(next - look <= 125)
    run.socket.info.sinceAcknowledged = .milliseconds(1052 + next - look)
    let suspicion = try #require(run.give(.due, at: next))
    #expect(suspicion.leaning == .suspicious)
    #expect(
      suspicion.facts.contains {
        $0.name == "burst" && $0.value == .duration(.milliseconds(next - look))
      })
    run.socket.info.probes = 0
    run.socket.info.sinceAcknowledged = .milliseconds(20)
    #expect(run.run(until: next + 130).map(\.evidence.leaning) == [.alive])
  }

  /// A probe that is on its way when it is first seen, or that our own queue dropped: with a thousand connections at
  /// once, some always are.
  @Test func oneUnansweredProbeIsAskedAboutAgainBeforeAnyoneIsSuspected() throws {
    let run = try VirtualRun(KeepaliveDetector(idle: .seconds(1), burst: .milliseconds(2650)))
    func see(probes: Int, silence: Int) {
      run.socket.info.probes = probes
      run.socket.info.sinceAcknowledged = .milliseconds(silence)
      run.socket.info.sinceDataReceived = .seconds(100)
    }
    run.socket.forgetCalls()
    see(probes: 1, silence: 1100)
    #expect(run.give(.due, at: 1100) == nil)
    let asked = run.socket.settings.filter { $0.option != .userTimeout }
    #expect(asked == [ScriptedSocket.Setting(option: .keepaliveIdle, value: 1)])
    see(probes: 0, silence: 125)
    #expect(run.give(.due, at: 1225)?.leaning == .alive)
    // One that is not answered when asked for again is another matter.
    see(probes: 1, silence: 2100)
    #expect(run.give(.due, at: 3200) == nil)
    see(probes: 2, silence: 2225)
    #expect(run.give(.due, at: 3325)?.leaning == .suspicious)
  }

  @Test func whoHasJustRecoveredGetsHalfAsLongAgain() throws {
    let run = try VirtualRun(detector)
    /// How long a burst lasts until the death, on a path that falls silent at a moment; it then recovers.
    func burst(from silence: Int) throws -> Int {
      _ = run.run(until: silence + 1000) { answered(run, at: $0 - silence) }
      let said = run.run(until: silence + 4000) { silent(run, at: $0, since: silence) }
      let suspicion = try #require(said.first { $0.evidence.leaning == .suspicious })
      let death = try #require(said.first { $0.evidence.leaning == .dead })
      _ = run.run(until: silence + 6000) { answered(run, at: $0 - silence) }
      return death.time - suspicion.time
    }
    // A suspicion comes at the second look.
    #expect((1050...1150).contains(try burst(from: 0)))
    #expect((1650...1750).contains(try burst(from: 20_400)))
    // The minute begins anew with each recovery, and ends.
    #expect((1650...1750).contains(try burst(from: 75_480)))
    #expect((1050...1150).contains(try burst(from: 142_800)))
  }

  /// An answer on its way, or a probe that our own queue dropped, says nothing of the path.
  @Test func oneProbeAskedForAgainIsNoRecovery() throws {
    let run = try VirtualRun(detector)
    run.socket.info.probes = 1
    run.socket.info.sinceAcknowledged = .milliseconds(1040)
    run.socket.info.sinceDataReceived = .seconds(100)
    #expect(run.give(.due, at: 1040) == nil)
    let said = run.run(until: 2200) { answered(run, at: $0 - 1165) }
    #expect(said.map(\.evidence.leaning) == [.alive])
    let silence = run.run(until: 6000) { silent(run, at: $0, since: 2185) }
    let suspicion = try #require(silence.first { $0.evidence.leaning == .suspicious })
    let death = try #require(silence.first { $0.evidence.leaning == .dead })
    #expect((1050...1150).contains(death.time - suspicion.time))
  }

  @Test func everySecondAnswerLostNeverConvicts() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { now in
      // Silent for 520 ms after each second, as measured; then answered.
      let phase = now % 1520
      run.socket.info.probes = phase >= 1000 ? (phase - 1000) / 125 + 1 : 0
      run.socket.info.sinceAcknowledged = .milliseconds(phase)
      run.socket.info.sinceDataReceived = .seconds(100)
    }
    #expect(said.contains { $0.evidence.leaning == .suspicious })
    #expect(!said.contains { $0.evidence.leaning == .dead })
  }

  @Test func dataInFlightIsNotKeepalivesBusiness() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 30_000) { now in
      run.socket.info.unacknowledged = 1
      run.socket.info.sinceAcknowledged = .milliseconds(now)
      run.socket.info.sinceDataReceived = .milliseconds(now)
    }
    #expect(said.isEmpty)
    // What was said before is taken back, once.
    let other = try VirtualRun(detector)
    let all = other.run(until: 30_000) { now in
      answered(other, at: now)
      if now > 5000 { other.socket.info.unacknowledged = 1 }
    }
    #expect(all.map(\.evidence.leaning) == [.alive, .abstaining])
  }

  @Test func whatStandsIsNotSaidAgain() throws {
    let run = try VirtualRun(detector)
    #expect(run.run(until: 10_000) { answered(run, at: $0) }.map(\.evidence.leaning) == [.alive])
    let start = run.now
    let said = run.run(until: start + 8000) { silent(run, at: $0, since: start) }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
  }

  @Test func aCountOfTheAppsOwnChangesNothing() throws {
    let run = try VirtualRun(detector)
    _ = run.run(until: 2000) { answered(run, at: $0) }
    #expect(run.give(.changed(.keepaliveCount)) == nil)
    #expect(run.next != nil)
  }

  /// Other detectors of the connection look more often: a probe on its way is held against nobody.
  @Test func anEarlyLookBeginsNoBurst() throws {
    let run = try VirtualRun(detector)
    run.socket.forgetCalls()
    run.socket.info.probes = 1
    run.socket.info.sinceAcknowledged = .milliseconds(1001)
    run.socket.info.sinceDataReceived = .seconds(100)
    #expect(run.give(.due, at: 970) == nil)
    #expect(run.socket.settings.map(\.option) == [.userTimeout])
    #expect(run.next == 1009)
  }

  @Test func aStallOfTheMonitorMovesTheBurst() throws {
    let run = try VirtualRun(detector)
    _ = run.run(until: 1200) { silent(run, at: $0) }
    silent(run, at: 3200)
    #expect(run.give(.stall(.seconds(2)), at: 3200) == nil)
    // Asked for its opinion, it has none but the suspicion that stands.
    #expect(run.give(.challenge) == nil)
    #expect(!run.run(until: 4200) { silent(run, at: $0) }.contains { $0.evidence.leaning == .dead })
    #expect(run.run(until: 4500) { silent(run, at: $0) }.contains { $0.evidence.leaning == .dead })
  }

  @Test func plainModeLeavesTheVerdictToTheKernel() throws {
    let run = try VirtualRun(KeepaliveDetector(accelerated: false))
    run.socket.forgetCalls()
    let said = run.run(until: 20_000) { silent(run, at: $0) }
    #expect(said.contains { $0.evidence.leaning == .suspicious })
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect(run.socket.settings.isEmpty)
    run.socket.info.state = .close
    run.socket.info.probes = 3
    let end = run.give(.readiness([.hangUp, .error]), at: 20_001)
    #expect(end?.cause == .timedOut)
    #expect(end?.isConclusive == true)
    #expect(run.next == nil)
  }

  @Test func anEndWithoutAnErrorIsInOrder() throws {
    let run = try VirtualRun(detector)
    run.socket.info.state = .close
    run.socket.info.segmentsReceived = 1
    // Our FIN was acknowledged too.
    run.socket.info.acknowledgedBeyondData += 1
    #expect(run.give(.readiness(.hangUp), at: 10)?.cause == .peerClosed)
    #expect(run.next == nil)
  }

  @Test func aFINSaysNothingOfThePeersKernel() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 5000) { now in
      answered(run, at: now)
      run.socket.info.state = .closeWait
    }
    #expect(said.map(\.evidence.leaning) == [.alive])
    #expect(detector.needs.readiness == [.hangUp, .error])
  }

  /// The app's own write has taken the error before the look.
  @Test func aResetWhoseErrorIsTakenIsNoEndInOrder() throws {
    let run = try VirtualRun(detector)
    run.socket.info.state = .close
    run.socket.info.segmentsReceived = 1
    #expect(run.give(.readiness(.hangUp), at: 10)?.cause == .peerReset)
  }
}
