import Flatline
import FlatlineTestKit
import Testing

/// A peer's rhythm over time, under a clock of the test's own.
struct ActivityDetectorTests {
  /// Bytes each `pause`, until `end`; then silence.
  private func run(
    _ detector: ActivityDetector, pause: Int, end: Int, until: Int
  ) throws -> [(time: Int, evidence: Evidence)] {
    let run = try VirtualRun(detector)
    return run.run(until: until) { now in
      let count = min(now, end) / pause
      run.socket.info.bytesReceived = UInt64(count * 10)
      run.socket.info.sinceDataReceived = .milliseconds(now - count * pause)
    }
  }

  @Test(arguments: [100, 1000, 5000])
  func aRhythmThatStopsIsSuspiciousAndTwiceThatDead(pause: Int) throws {
    let end = pause * 40
    let said = try run(
      ActivityDetector(convicts: true), pause: pause, end: end, until: end + pause * 30 + 30_000)
    #expect(said.map(\.evidence.leaning) == [.alive, .suspicious, .dead])
    // At φ = 8 the normal distribution is 5.6 deviations past its mean (Hayashibara 2004).
    let mean = max(pause, 250)
    let expected = max(1000, mean + 5612 * 250 / 1000)
    let suspicious = said[1].time - end
    #expect((expected - 60...expected + 320).contains(suspicious), "\(suspicious) of \(expected)")
    #expect(abs((said[2].time - end) - 2 * suspicious) <= 320)
    #expect(said[1].evidence.layer == .process)
  }

  @Test func itOnlySuspectsUnlessAskedForMore() throws {
    let said = try run(ActivityDetector(), pause: 500, end: 20_000, until: 100_000)
    #expect(said.map(\.evidence.leaning) == [.alive, .suspicious])
  }

  @Test func aPeerThatSeldomSpeaksIsNotJudged() throws {
    #expect(try run(ActivityDetector(convicts: true), pause: 500, end: 4000, until: 100_000).isEmpty)
    #expect(try run(ActivityDetector(convicts: true), pause: 500, end: 0, until: 100_000).isEmpty)
  }

  @Test func bytesTakeTheSuspicionBackAndTheOutageIsNotLearned() throws {
    let detector = ActivityDetector(convicts: false)
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { now in
      // Silent from 20 s to 40 s.
      let spoken = now < 20_000 ? now : now < 40_000 ? 20_000 : now - 20_000
      run.socket.info.bytesReceived = UInt64(spoken / 500)
      run.socket.info.sinceDataReceived =
        now >= 20_000 && now < 40_000 ? .milliseconds(now - 20_000) : .milliseconds(now % 500)
    }
    #expect(said.map(\.evidence.leaning) == [.alive, .suspicious, .alive])
    #expect(run.state.statistics.mean < 0.6)
  }

  @Test func theEndIsToldAtOnce() throws {
    let run = try VirtualRun(ActivityDetector())
    run.socket.info.state = .closeWait
    run.socket.info.segmentsReceived = 1
    let halfClose = try #require(run.give(.readiness(.readHangUp), at: 10))
    #expect(halfClose.cause == .peerClosed && halfClose.isHalfClose)
    #expect(run.next == nil)
    // What stands is not repeated.
    #expect(run.give(.challenge, at: 15) == nil)
    run.socket.info.state = .close
    run.socket.info.segmentsReceived = 2
    let reset = try #require(run.give(.readiness([.readHangUp, .hangUp, .error]), at: 20))
    #expect(reset.cause == .peerReset && reset.isConclusive && !reset.isHalfClose)
  }

  /// However it came about: an end without an event.
  @Test func theEndIsToldAtTheNextSampleAtTheLatest() throws {
    for (tcpState, cause) in [(TCPState.closeWait, Cause.peerClosed), (.close, .peerReset)] {
      let run = try VirtualRun(ActivityDetector())
      run.socket.info.state = tcpState
      run.socket.info.segmentsReceived = 1
      let said = run.run(until: 2000)
      #expect(said.map(\.evidence.cause) == [cause])
      #expect(said.first?.evidence.isConclusive == true)
      #expect(run.next == nil)
    }
  }

  @Test func ourOwnSleepIsNotHeldAgainstIt() throws {
    let run = try VirtualRun(ActivityDetector(convicts: true))
    func world(_ now: Int) {
      run.socket.info.bytesReceived = UInt64(min(now, 20_000) / 500)
      run.socket.info.sinceDataReceived = .milliseconds(max(now - 20_000, now % 500))
    }
    _ = run.run(until: 20_000, world)
    world(50_000)
    #expect(run.give(.stall(.seconds(30)), at: 50_000) == nil)
    #expect(run.give(.challenge) == nil)
  }
}
