import Flatline
import FlatlineTestKit
import Testing

/// A program that pauses is no dead one: the patience for a program whose kernel answers.
struct HeartbeatPauseTests {
  /// What a policy promises of a program that pauses, and of one that hangs.
  struct Case: Sendable, CustomTestStringConvertible {
    let policy: Policy
    let pause: Int
    let hung: Int
    var testDescription: String { policy.name }
  }

  static let cases = [
    Case(policy: .lan, pause: 500, hung: 1000), Case(policy: .fastPath, pause: 5000, hung: 8000),
    Case(policy: .wan, pause: 10_000, hung: 15_000), Case(policy: .mobile, pause: 20_000, hung: 30_000),
    Case(policy: .patient, pause: 60_000, hung: 75_000),
  ]

  /// Milliseconds that a look, and an answer, may be late on a busy machine.
  private static let slack = 40

  private static func detector(of policy: Policy) throws -> HeartbeatDetector {
    let detectors = try policy.makeDetectors(from: .builtIn)
    return try #require(detectors.compactMap { $0 as? HeartbeatDetector }.first)
  }

  /// The kernel acknowledges each ping at once. The program answers, but not in a pause.
  private static func run(
    _ detector: HeartbeatDetector, pause: Range<Int>, until end: Int
  ) throws -> [(time: Int, evidence: Evidence)] {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    let interval = Int(detector.interval.milliseconds)
    return run.run(until: end) { now in
      // The answer to the latest ping that the program has taken by now.
      let ping = now - now % interval
      let answer =
        pause.contains(ping) ? (now >= pause.upperBound ? pause.upperBound : pause.lowerBound) : ping
      run.socket.info.bytesReceived = UInt64(max(1, answer))
      run.socket.info.sinceDataReceived = .milliseconds(now - answer)
      run.socket.info.sinceAcknowledged = .milliseconds(now % interval)
    }
  }

  /// Wherever in the interval it begins.
  @Test(arguments: cases, [0, 0.3, 0.6, 0.99])
  func thePauseIsSurvived(_ each: Case, _ phase: Double) throws {
    let detector = try Self.detector(of: each.policy)
    let interval = detector.interval.milliseconds
    let begin = Int(interval * 10 + interval * phase)
    let said = try Self.run(
      detector, pause: begin..<begin + each.pause + Self.slack, until: begin + each.pause + Int(interval) * 20
    )
    #expect(!said.contains { $0.evidence.leaning == .dead }, "\(said)")
    #expect(said.last?.evidence.leaning ?? .alive == .alive)
  }

  @Test(arguments: cases)
  func aHungProgramIsTold(_ each: Case) throws {
    let detector = try Self.detector(of: each.policy)
    let begin = Int(detector.interval.milliseconds * 10) + 1
    let said = try Self.run(detector, pause: begin..<Int.max, until: begin + each.hung * 2)
    let death = try #require(said.last { $0.evidence.leaning == .dead })
    #expect(death.evidence.cause == .peerHung)
    #expect(death.time - begin + Self.slack <= each.hung)
    // Suspicion comes as early as for a path.
    let patience = try #require(detector.timers.ping?.patience.milliseconds)
    let suspicion = try #require(said.first { $0.evidence.leaning == .suspicious })
    #expect(suspicion.time - begin <= Int(patience / 2) + 2)
    // So does what `explain` says.
    let explained = try #require(
      try Explanation(each.policy, registry: .builtIn)[.processFrozen, .heartbeat]?.dead)
    #expect(explained <= .milliseconds(each.hung))
  }

  // MARK: The setting

  private let patient = HeartbeatDetector(
    interval: .milliseconds(100), estimator: .fixed(misses: 6), hungAfter: .seconds(3))

  private func silence(_ detector: HeartbeatDetector, hostAnswersUntil end: Int) throws -> (Int, Cause?) {
    let run = try VirtualRun(detector, pinger: ScriptedPinger())
    run.socket.info.retransmissionTimeout = .milliseconds(200)
    let said = run.run(until: 20_000) { now in
      let isSilent = now >= end
      run.socket.info.unacknowledged = isSilent ? 1 : 0
      run.socket.info.retransmits = isSilent && now - end > 200 ? 1 : 0
      run.socket.info.sinceAcknowledged = .milliseconds(isSilent ? now - end : now % 100)
    }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    return (death.time, death.evidence.cause)
  }

  @Test func aSilentPathIsFoundAsEarlyAsWithout() throws {
    let (time, cause) = try silence(patient, hostAnswersUntil: 0)
    #expect((600...602).contains(time))
    #expect(cause == .pathSilent)
  }

  @Test func aPathThatFallsSilentDuringAPauseIsFoundSinceThen() throws {
    let (time, cause) = try silence(patient, hostAnswersUntil: 1500)
    #expect((2090...2110).contains(time), "\(time)")
    #expect(cause == .pathSilent)
  }

  @Test func aHungProgramIsToldAfterIt() throws {
    let (time, cause) = try silence(patient, hostAnswersUntil: .max)
    #expect((3000...3002).contains(time))
    #expect(cause == .peerHung)
  }

  /// The longer of the two counts; the default leaves it to the estimator.
  @Test(arguments: [Duration.zero, .milliseconds(300)])
  func aShorterSettingIsTheEstimators(_ hungAfter: Duration) throws {
    let detector = HeartbeatDetector(
      interval: .milliseconds(100), estimator: .fixed(misses: 6), hungAfter: hungAfter)
    #expect((600...602).contains(try silence(detector, hostAnswersUntil: .max).0))
  }

  @Test(arguments: [
    Estimator.chen(margin: .milliseconds(150)),
    .phiNormal(threshold: 8, minimumDeviation: .milliseconds(50)), .phiExponential(threshold: 3),
  ])
  func adaptiveEstimatorsKeepToItToo(_ estimator: Estimator) throws {
    let detector = HeartbeatDetector(
      interval: .milliseconds(100), estimator: estimator, hungAfter: .seconds(3))
    #expect((3000...3002).contains(try silence(detector, hostAnswersUntil: .max).0))
    #expect(try silence(detector, hostAnswersUntil: 0).0 < 2500)
  }

  /// What a closed window excuses is the part of `progress`.
  @Test func aClosedWindowHasTheEstimatorsPatience() throws {
    let run = try VirtualRun(patient, pinger: ScriptedPinger())
    let said = run.run(until: 5000) { now in
      run.socket.info.notSent = 100
      run.socket.info.sendWindow = 0
      run.socket.info.sinceAcknowledged = .milliseconds(now % 200)
    }
    #expect(said.last?.evidence.cause == .stalled)
    #expect(said.last.map { (600...605).contains($0.time) } == true)
  }

  /// Policies of other software keep what their sources say.
  @Test func fieldPoliciesHaveNoPatienceOfTheirOwn() throws {
    for policy in FieldPolicies.all + [.heartbeatOnly] {
      for detector in try policy.makeDetectors(from: .builtIn).compactMap({ $0 as? HeartbeatDetector }) {
        #expect(detector.hungAfter == .zero, "\(policy.name)")
      }
    }
  }
}
