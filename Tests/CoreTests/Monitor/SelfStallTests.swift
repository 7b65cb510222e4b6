import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// What the monitor takes for its own sleep, and what not.
struct SelfStallTests {
  /// A monitor that the test turns, with a puppet on each of its connections.
  private struct Scene {
    let strings: PuppetStrings
    let monitor: Monitor
    private let pairs: [TCPPair]

    init(
      count: Int, period: Duration, _ answer: @escaping @Sendable (borrowing Look) -> Opinion
    ) throws {
      strings = PuppetStrings(needs: .every(period))
      strings.answer(answer)
      monitor = try Monitor(
        registry: DetectorRegistry().registering(PuppetDetector(strings: strings)), drive: .application)
      pairs = try (0..<count).map { _ in try TCPPair.loopback(server: .silent) }
      for pair in pairs { _ = try monitor.watch(pair.client, policy: PuppetDetector.policy) }
    }

    var stalls: [Duration] {
      strings.looks.map(\.stall).filter { $0 > .zero }
    }

    func close() {
      monitor.shutDown()
      for pair in pairs { pair.close() }
    }
  }

  /// What would have been over while the monitor slept has its rest still to come: the lifetime of a ballot, and the
  /// time that a rule waits.
  @Test(arguments: [false, true])
  func aSleepIsNoTimeThatPasses(isSustained: Bool) throws {
    let suspicion = Atomic(false)
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    strings.answer { look in
      guard !suspicion.exchange(true, ordering: .relaxed) else { return .unchanged }
      let lifetime: Duration? = isSustained ? nil : .milliseconds(300)
      return Opinion(Evidence(.dead, layer: .host, cause: .pathSilent, at: look.now, lifetime: lifetime))
    }
    let monitor = try Monitor(
      registry: DetectorRegistry().registering(PuppetDetector(strings: strings)), drive: .application)
    defer { monitor.shutDown() }
    let pair = try TCPPair.loopback(server: .silent)
    defer { pair.close() }
    var policy = PuppetDetector.policy
    policy.dead = .sustained("puppet", for: isSustained ? .milliseconds(300) : .seconds(60))
    let told = Log<Verdict>()
    _ = try monitor.watch(pair.client, policy: policy) { event in
      if case .verdict(let change) = event { told.add(change.verdict) }
    }
    func turn(untilTold count: Int) {
      let end = MonotonicTime.now() + .seconds(5)
      while told.entries.count < count, MonotonicTime.now() < end {
        monitor.process()
        usleep(2000)
      }
    }
    turn(untilTold: 1)
    #expect(told.entries == [.suspect])
    usleep(700_000)
    monitor.process()
    #expect(told.entries == [.suspect])
    turn(untilTold: 2)
    #expect(told.entries == [.suspect, isSustained ? .dead(.pathSilent) : .alive])
  }

  /// Telling thousands of it takes long too: that is no second sleep.
  @Test func aSleepIsToldOnceHoweverLongTheTellingTakes() throws {
    // 200 tellings of 1 ms take longer than what counts as a sleep.
    let scene = try Scene(count: 200, period: .milliseconds(50)) { look in
      if look.stall > .zero { usleep(1000) }
      return .unchanged
    }
    defer { scene.close() }
    usleep(600_000)
    scene.monitor.process()
    #expect(scene.stalls.count == 200)
    #expect(scene.stalls.allSatisfy { $0 > .milliseconds(450) && $0 < .seconds(5) })
    // None of these is late, but for what the machine itself may do to one of them.
    for _ in 0..<10 { scene.monitor.process() }
    #expect(scene.stalls.count <= 400)
  }
}
