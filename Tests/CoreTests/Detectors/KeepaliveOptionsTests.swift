import Flatline
import FlatlineTestKit
import Testing

/// Keepalive ends no connection that lives without it, and lets no option of the app blind it.
struct KeepaliveOptionsTests {
  private let detector = KeepaliveDetector()

  /// The peer answered last at a moment. A probe goes out a second later, and at each request.
  private func silent(_ run: VirtualRun<KeepaliveDetector>, at now: Int, since: Int = 0) {
    run.socket.info.sinceAcknowledged = .milliseconds(now - since)
    run.socket.info.sinceDataReceived = .seconds(100)
    run.socket.info.probes = now - since >= 1000 ? max(1, (now - since - 1000) / 125) : 0
  }

  private func answered(_ run: VirtualRun<KeepaliveDetector>) {
    run.socket.info.probes = 0
    run.socket.info.sinceAcknowledged = .milliseconds(1)
  }

  private func run(
    userTimeout: CInt, _ detector: KeepaliveDetector = KeepaliveDetector(),
    keepalive: (idle: CInt, interval: CInt, count: CInt)? = nil
  ) throws -> VirtualRun<KeepaliveDetector> {
    let socket = ScriptedSocket()
    socket.options[.userTimeout] = userTimeout
    if let keepalive {
      socket.options[.keepalive] = 1
      socket.options[.keepaliveIdle] = keepalive.idle
      socket.options[.keepaliveInterval] = keepalive.interval
      socket.options[.keepaliveCount] = keepalive.count
    }
    return try VirtualRun(detector, on: socket)
  }

  // MARK: TCP_USER_TIMEOUT

  /// It would end the connection at the second probe. It is back with the answer, with data, and at the end.
  @Test(arguments: ["answer", "data", "end"])
  func theAppsTimeOutGivesWayWhileAProbeIsUnanswered(until event: String) throws {
    let run = try run(userTimeout: 1500)
    #expect(run.socket.options[.userTimeout] == 1500)
    run.socket.forgetCalls()
    _ = run.run(until: 1300) { silent(run, at: $0) }
    #expect(run.socket.options[.userTimeout] == .max)
    // Before the first probe that is asked for.
    #expect(run.socket.settings.first?.option == .userTimeout)
    #expect(run.socket.settings.contains { $0.option == .keepaliveIdle })
    switch event {
    case "answer": _ = run.run(until: 1500) { _ in answered(run) }
    case "data":
      run.socket.info.unacknowledged = 1
      _ = run.run(until: 1500)
    default: run.end()
    }
    #expect(run.socket.options[.userTimeout] == 1500)
    run.end()
    #expect(run.socket.options[.userTimeout] == 1500)
  }

  @Test func aTimeOutThatTheAppSetsMeanwhileGivesWayTooAndStays() throws {
    let run = try run(userTimeout: 0)
    _ = run.run(until: 1300) { silent(run, at: $0) }
    run.socket.options[.userTimeout] = 2000
    _ = run.run(until: 1600) { silent(run, at: $0) }
    #expect(run.socket.options[.userTimeout] == .max)
    _ = run.run(until: 1800) { _ in answered(run) }
    #expect(run.socket.options[.userTimeout] == 2000)
    run.end()
    #expect(run.socket.options[.userTimeout] == 2000)
  }

  /// The app's own keepalive ends the connection when it would have.
  @Test(arguments: [(0 as CInt, 90_000 as CInt), (65_000, 70_000), (5000, 70_000), (71_000, 80_000)])
  func theAppsOwnKeepaliveKeepsItsTime(userTimeout: CInt, limit: CInt) throws {
    let run = try run(userTimeout: userTimeout, keepalive: (idle: 60, interval: 10, count: 3))
    _ = run.run(until: 1300) { silent(run, at: $0) }
    #expect(run.socket.options[.userTimeout] == limit)
    run.end()
    #expect(run.socket.options[.userTimeout] == userTimeout)
  }

  /// The kernel alone convicts there, by the app's time-out too.
  @Test func plainModeLeavesTheTimeOutAlone() throws {
    let run = try run(userTimeout: 500, KeepaliveDetector(accelerated: false))
    _ = run.run(until: 3000) { silent(run, at: $0) }
    #expect(run.socket.options[.userTimeout] == 500)
  }

  /// On a long path the kernel's second probe, which the time-out would let kill, comes before the first answer.
  @Test func aLongPathIsLookedAtBeforeTheSecondProbe() throws {
    let run = try run(userTimeout: 1500)
    run.socket.info.roundTripTime = .milliseconds(600)
    _ = run.run(until: 1700) { silent(run, at: $0) }
    #expect(run.socket.options[.userTimeout] == .max)
    #expect(run.opinion.evidence == nil)
  }

  // MARK: Keepalive options that the app changes

  /// Other code turns it off or makes it slow: the options are held for each probe, and the app's are back after the
  /// answer. A peer that is gone is found as before.
  @Test(arguments: [(SocketOption.keepalive, 0 as CInt), (.keepaliveIdle, 77), (.keepaliveInterval, 78)])
  func optionsOfTheAppAreBorrowedForEachProbe(option: SocketOption, value: CInt) throws {
    let run = try VirtualRun(detector)
    var asked = 0
    // Only a probe that is asked for goes out.
    func world(_ now: Int, isAlive: Bool) {
      let settings = run.socket.settings.filter { $0.option == .keepaliveIdle && $0.value == 1 }.count
      let isAsked = settings > asked && run.socket.options[.keepalive] == 1
      asked = settings
      if isAsked, isAlive { lastHeard = now - 1 }
      if isAsked, !isAlive { run.socket.info.probes += 1 }
      if isAlive { run.socket.info.probes = 0 }
      run.socket.info.sinceAcknowledged = .milliseconds(now - lastHeard)
      run.socket.info.sinceDataReceived = .seconds(100)
    }
    var lastHeard = 0
    _ = run.run(until: 500) { world($0, isAlive: true) }
    run.socket.options[option] = value
    let alive = run.run(until: 10_000) { world($0, isAlive: true) }
    #expect(!alive.contains { $0.evidence.leaning > .alive })
    #expect(asked >= 6)
    answered(run)
    run.give(.due, at: 10_001)
    #expect(run.socket.options[option] == value)
    lastHeard = 10_000
    let said = run.run(until: 14_500) { world($0, isAlive: false) }
    #expect(said.last?.evidence.leaning == .dead)
    #expect(said.last?.evidence.cause == .pathSilent)
    run.end()
    #expect(run.socket.options[option] == value)
  }

  /// Nobody probes any more: a long silence is told, and a short one is not.
  @Test func plainModeThatIsTurnedOffSaysSo() throws {
    let run = try VirtualRun(
      KeepaliveDetector(idle: .seconds(1), interval: .seconds(1), probes: 3, accelerated: false))
    run.socket.options[.keepalive] = 0
    run.socket.info.sinceDataReceived = .seconds(100)
    let said = run.run(until: 9000) { run.socket.info.sinceAcknowledged = .milliseconds($0) }
    #expect(said.map(\.evidence.leaning).last == .suspicious)
    #expect(said.last?.evidence.facts.contains { $0.name == "keepalive" } == true)
    #expect((4000...5200).contains(said.last?.time ?? 0))
    answered(run)
    #expect(run.give(.due, at: 9500)?.leaning == .abstaining)
    #expect(run.socket.options[.keepalive] == 0)
  }
}
