import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Synchronization
import Testing

/// What the monitor takes for its own sleep, and what not.
struct SelfStallTests {
  /// What would have been over while the monitor slept has its rest still to come: the lifetime of a ballot, and the
  /// time that a rule waits.
  @Test(arguments: [false, true])
  func aSleepIsNoTimeThatPasses(isSustained: Bool) throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    let suspicion = Atomic(false)
    strings.answer { look in
      guard !suspicion.exchange(true, ordering: .relaxed) else { return .unchanged }
      let lifetime: Duration? = isSustained ? nil : .milliseconds(300)
      return Opinion(Evidence(.dead, layer: .host, cause: .pathSilent, at: look.now, lifetime: lifetime))
    }
    let stage = try VirtualStage(strings)
    var policy = PuppetDetector.policy
    policy.dead = .sustained("puppet", for: isSustained ? .milliseconds(300) : .seconds(60))
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    stage.run(.milliseconds(100))
    #expect(log.verdicts == [.suspect])
    let first = try #require(log.changes.first)
    stage.sleep(.milliseconds(700))
    stage.monitor.process()
    #expect(log.verdicts == [.suspect])
    // 100 ms of the 300 ms were over when the monitor should have been awake.
    stage.run(.milliseconds(190))
    #expect(log.verdicts == [.suspect])
    stage.run(.milliseconds(20))
    #expect(log.verdicts == [.suspect, isSustained ? .dead(.pathSilent) : .alive])
    let stall = try #require(strings.looks.map(\.stall).first { $0 > .zero })
    let last = try #require(log.changes.last)
    // A deadline less than a millisecond away is taken with the turn.
    #expect(abs((last.time - first.time - .milliseconds(300) - stall).milliseconds) <= 1)
  }

  /// Telling thousands of it takes long too: that is no second sleep.
  @Test func aSleepIsToldOnceHoweverLongTheTellingTakes() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(50)))
    let stage = try VirtualStage(strings, sockets: 200)
    let machine = stage.machine
    // 200 tellings of 1 ms take longer than what counts as a sleep.
    strings.answer { look in
      if look.stall > .zero { machine.pass(.milliseconds(1)) }
      return .unchanged
    }
    for number in 1...200 { _ = try stage.monitor.watch(CInt(number), policy: PuppetDetector.policy) }
    var stalls: [Duration] { strings.looks.map(\.stall).filter { $0 > .zero } }
    stage.sleep(.milliseconds(600))
    stage.monitor.process()
    #expect(stalls == [Duration](repeating: .milliseconds(550), count: 200))
    stage.run(.seconds(10))
    #expect(stalls.count == 200)
    #expect(strings.looks.count >= 200 * 190)
  }

  /// What was due during the sleep is looked at right after it; what was not due yet is moved on by the sleep.
  @Test func aSleepMovesLooksOn() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(1500)))
    let stage = try VirtualStage(strings, sockets: 2)
    let start = stage.machine.now()
    func due() -> [Double] { strings.looks.filter(\.isDue).map { ($0.now - start).milliseconds } }
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy)
    stage.run(.milliseconds(1000))
    _ = try stage.monitor.watch(2, policy: PuppetDetector.policy)
    stage.run(.milliseconds(200))
    #expect(due() == [])
    // To 3200 ms: the first should have been looked at at 1500 ms, the second at 2500 ms.
    stage.sleep(.seconds(2))
    stage.monitor.process()
    #expect(strings.looks.map(\.stall).filter { $0 > .zero } == [.milliseconds(1700), .milliseconds(1700)])
    #expect(due() == [3200])
    stage.run(.milliseconds(1800))
    #expect(due() == [3200, 4200, 4700])
  }

  /// A detector that names its next look at a stall is looked at then.
  @Test func aLookThatIsNamedAtASleepIsNotMovedOn() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(500)))
    strings.answer { $0.stall > .zero ? Opinion(next: $0.now + .milliseconds(50)) : .unchanged }
    let stage = try VirtualStage(strings)
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy)
    stage.run(.milliseconds(1200))
    stage.sleep(.seconds(2))
    let woken = stage.machine.now()
    stage.run(.milliseconds(300))
    #expect(strings.looks.filter(\.isDue).last?.now == woken + .milliseconds(50))
  }

  /// What comes a little late is looked at late, and nothing is moved on.
  @Test func aDelayIsNoSleep() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(50)))
    let stage = try VirtualStage(strings)
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy)
    stage.run(.milliseconds(60))
    stage.sleep(.milliseconds(140))
    stage.run(.seconds(1))
    #expect(strings.looks.allSatisfy { $0.stall == .zero })
  }
}
