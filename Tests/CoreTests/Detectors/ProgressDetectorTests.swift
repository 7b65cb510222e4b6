import Flatline
import FlatlineTestKit
import Testing

/// Progress over time, under a clock of the test's own.
struct ProgressDetectorTests {
  private let detector = ProgressDetector(
    memory: .seconds(2), backlog: 16_384, stallLimit: .seconds(10), period: .milliseconds(500), always: true)

  private func leanings(_ until: Int, _ world: @escaping (Int, inout TCPInfo) -> Void) throws -> [(
    Int, Leaning
  )] {
    let run = try VirtualRun(detector)
    return run.run(until: until) { world($0, &run.socket.info) }.map { ($0.time, $0.evidence.leaning) }
  }

  @Test func anIdleConnectionGivesNoOpinion() throws {
    #expect(try leanings(60_000) { _, _ in }.isEmpty)
  }

  @Test func bytesThatArriveAreLife() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 10_000) { now in
      run.socket.info.bytesReceived = UInt64(min(now, 3000))
      run.socket.info.sinceDataReceived = .milliseconds(max(0, now - 3000))
    }
    #expect(said.allSatisfy { $0.evidence.leaning == .alive && $0.evidence.layer == .process })
    // Each counts from the arrival, not from the look that found it.
    let last = try #require(said.last)
    #expect(last.time < 4000)
    #expect(.milliseconds(last.time) + (last.evidence.lifetime ?? .zero) <= .milliseconds(5000))
  }

  @Test func acknowledgementsAreLifeOnlyBehindABacklog() throws {
    let small = try leanings(10_000) { now, info in
      // A ping, acknowledged, each look: its program may hang.
      info.bytesAcknowledged = UInt64(now)
      info.notSent = 25
    }
    #expect(small.isEmpty)
    let notSent = try leanings(10_000) { now, info in
      info.bytesAcknowledged = UInt64(now)
      info.notSent = 100_000
    }
    #expect(notSent.count >= 18)
    #expect(notSent.allSatisfy { $0.1 == .alive })
    let sent = try leanings(10_000) { now, info in
      info.bytesAcknowledged = UInt64(now)
      info.acknowledgedBeyondData = -20_000
    }
    #expect(sent.count >= 18)
  }

  @Test func aBacklogThatDoesNotMoveIsNoLife() throws {
    let said = try leanings(10_000) { now, info in
      info.bytesAcknowledged = UInt64(min(now, 2000))
      info.sinceAcknowledged = .milliseconds(max(0, now - 2000))
      info.notSent = 100_000
    }
    #expect((said.last?.0 ?? 0) <= 2600)
  }

  @Test func aClosedWindowIsExcusedUpToItsLimitAndNeverConvicted() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { now in
      run.socket.info.sendWindow = now < 30_000 ? 0 : 65_536
      run.socket.info.notSent = 100_000
      run.socket.info.probes = now / 500 % 2
    }
    let accused = said.filter { $0.evidence.leaning == .suspicious }
    #expect(accused.allSatisfy { $0.evidence.cause == .stalled && $0.evidence.layer == .process })
    #expect((10_000...11_100).contains(accused.first?.time ?? 0))
    // What stands is not repeated.
    #expect(accused.count == 1)
    #expect(said.filter { $0.time < 10_000 }.allSatisfy { $0.evidence.leaning == .alive })
    #expect(said.last?.evidence.leaning == .abstaining)
    #expect(!said.contains { $0.evidence.leaning == .dead })
  }

  /// The look falls between the segment that opens the window and the first ACK of the data behind it.
  @Test(arguments: [false, true])
  func aWindowThatOpensIsASignOfLife(isAnswered: Bool) throws {
    let run = try VirtualRun(detector)
    run.socket.info.sendWindow = 0
    run.socket.info.notSent = 100_000
    _ = run.run(until: 3000) { _ in }
    if isAnswered {
      run.socket.info.sendWindow = 65_536
      run.socket.info.sinceAcknowledged = .milliseconds(4)
    } else {
      // The probes of the closed window are not answered any more.
      run.socket.info.probes = 4
    }
    #expect(run.give(.due, at: 3500)?.leaning == (isAnswered ? .alive : .abstaining))
  }

  @Test func aClosedWindowThatIsNotAnsweredIsNoLife() throws {
    let said = try leanings(10_000) { _, info in
      info.sendWindow = 0
      info.notSent = 100_000
      info.probes = 4
    }
    #expect(said.isEmpty)
  }

  @Test func withoutAHeartbeatThereIsNothingToExcuse() {
    for (always, canPing) in [(false, false), (false, true), (true, false)] {
      let look = Look(now: .at(0), tcpInfo: TCPInfo(state: .established), canPing: canPing)
      let begun = ProgressDetector(always: always).begin(look)
      #expect((begun != nil) == (always || canPing))
    }
  }

  @Test func theEndIsNotItsToTell() throws {
    let run = try VirtualRun(detector)
    run.socket.info.state = .close
    #expect(run.give(.due, at: 500)?.leaning == .abstaining)
    #expect(run.next == nil)
  }
}
