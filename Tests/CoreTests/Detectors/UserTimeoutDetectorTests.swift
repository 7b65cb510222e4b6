import Flatline
import FlatlineTestKit
import Testing

/// TCP_USER_TIMEOUT over time, under a clock of the test's own.
struct UserTimeoutDetectorTests {
  private let detector = UserTimeoutDetector(timeout: .seconds(2))

  private func closedWindow(probes: Int) -> TCPInfo {
    var info = TCPInfo(state: .established)
    info.sendWindow = 0
    info.notSent = 5000
    info.probes = probes
    return info
  }

  @Test func isSetAndPutBack() throws {
    for old: CInt in [0, 30_000] {
      let socket = ScriptedSocket()
      socket.options[.userTimeout] = old
      let run = try VirtualRun(detector, on: socket)
      #expect(socket.options[.userTimeout] == 2000)
      run.end()
      #expect(socket.options[.userTimeout] == old)
    }
  }

  @Test func whatTheAppSetsMeanwhileIsItsOwn() throws {
    let run = try VirtualRun(detector)
    run.socket.options[.userTimeout] = 7000
    run.socket.info = closedWindow(probes: 0)
    _ = run.run(until: 5000)
    run.end()
    #expect(run.socket.options[.userTimeout] == 7000)
  }

  @Test func theKernelsVerdictIsConclusive() throws {
    let run = try VirtualRun(detector)
    run.socket.info.state = .close
    run.socket.info.retransmits = 4
    run.socket.info.sinceAcknowledged = .milliseconds(2100)
    let end = run.give(.readiness([.readHangUp, .hangUp, .error]), at: 2200)
    #expect(end?.cause == .timedOut)
    #expect(end?.isConclusive == true)
    #expect(run.next == nil)
  }

  @Test func aLivingPeerWithAClosedWindowIsSpared() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { now in
      run.socket.info = now < 50_000 ? closedWindow(probes: now / 500 % 2) : TCPInfo(state: .established)
      if now > 1000, now < 50_000 { #expect(run.socket.options[.userTimeout] == 0) }
    }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .abstaining])
    #expect(said.first?.evidence.cause == .stalled)
    // Well before the kernel would have acted, and in force again when the window is open.
    #expect((said.first?.time ?? 0) <= 1000)
    #expect(run.socket.options[.userTimeout] == 2000)
    // The end of the watch leaves what the app had, lifted or not.
    run.socket.info = closedWindow(probes: 0)
    run.give(.due, at: 61_000)
    #expect(run.socket.options[.userTimeout] == 0)
    run.end()
    #expect(run.socket.options[.userTimeout] == 0)
  }

  @Test func aTimeoutOfTheAppsOwnIsNotLifted() throws {
    let run = try VirtualRun(detector)
    _ = run.run(until: 2000) { _ in run.socket.info = closedWindow(probes: 0) }
    #expect(run.socket.options[.userTimeout] == 0)
    run.socket.options[.userTimeout] = 7000
    let said = run.run(until: 10_000)
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect(run.next == nil)
    #expect(run.socket.options[.userTimeout] == 7000)
  }

  @Test func aClosedWindowThatIsAnsweredNoMoreIsTheKernelsBusinessAgain() throws {
    let run = try VirtualRun(detector)
    _ = run.run(until: 10_000) { _ in run.socket.info = closedWindow(probes: 1) }
    #expect(run.socket.options[.userTimeout] == 0)
    _ = run.run(until: 12_000) { now in
      run.socket.info = closedWindow(probes: 3)
      run.socket.info.sinceAcknowledged = .milliseconds(now - 9000)
    }
    #expect(run.socket.options[.userTimeout] == 2000)
  }

  @Test func aFINIsNoOutcomeOfThisMethodButAStallAfterItIsSpared() throws {
    #expect(detector.needs.readiness == [.hangUp, .error])
    let run = try VirtualRun(detector)
    let said = run.run(until: 10_000) { now in
      run.socket.info = now < 5000 ? TCPInfo(state: .established) : closedWindow(probes: 0)
      run.socket.info.state = .closeWait
    }
    #expect(said.map(\.evidence.cause) == [.stalled])
    #expect(run.socket.options[.userTimeout] == 0)
  }

  @Test func withoutSparingItOnlyWaitsForTheKernel() {
    let plain = UserTimeoutDetector(timeout: .seconds(2), sparesStalled: false)
    #expect(plain.needs.period == nil && plain.needs.firstLook == nil)
  }

  @Test func wholeMillisecondsOnly() throws {
    #expect(throws: PolicyError.self) {
      try Policy(
        json: Array(
          #"{"detectors":{"user-timeout":{"timeout":"1000500us"}},"suspect":"user-timeout","dead":"user-timeout"}"#
            .utf8),
        registry: .builtIn)
    }
  }
}
