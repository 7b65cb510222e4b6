import Flatline
import FlatlineTestKit
import Testing

/// ICMP errors over time, under a clock of the test's own.
struct ICMPDetectorTests {
  @Test func optionsAreSetAndPutBack() throws {
    for old: CInt in [0, 1] {
      let socket = ScriptedSocket()
      socket.options[.receivesErrors] = old
      let run = try VirtualRun(ICMPDetector(), on: socket)
      #expect(socket.options[.receivesErrors] == 1)
      // A socket of IPv4 has no other.
      #expect(socket.options[.receivesErrors6] == nil)
      run.end()
      #expect(socket.options[.receivesErrors] == old)
    }
  }

  @Test func anErrorWithoutAnEndIsSuspiciousForAWhile() throws {
    let run = try VirtualRun(ICMPDetector(memory: .seconds(3)))
    #expect(run.next == nil)
    let evidence = run.give(.readiness(.error), at: 100)
    #expect(evidence?.leaning == .suspicious)
    #expect(evidence?.cause == .hostUnreachable)
    #expect(evidence?.layer == .path)
    #expect(evidence?.isConclusive == false)
    #expect(evidence?.lifetime == .seconds(3))
    let said = run.run(until: 10_000)
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect(said.first?.time == 3100)
    #expect(run.next == nil)
  }

  @Test func isTakenBackWhenThePeerIsHeard() throws {
    let run = try VirtualRun(ICMPDetector(memory: .seconds(3)))
    run.give(.readiness(.error), at: 100)
    let said = run.run(until: 10_000) { now in run.socket.info.bytesAcknowledged = now > 700 ? 100 : 0 }
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect((700...900).contains(said.first?.time ?? 0))
  }

  @Test func whatIsNoSoftErrorIsNotItsBusiness() throws {
    let run = try VirtualRun(ICMPDetector())
    // An error nobody has taken yet shows with every later event.
    #expect(run.give(.readiness([.readable, .error]), at: 1) == nil)
    #expect(run.give(.readiness([.writable]), at: 2) == nil)
    run.socket.info.state = .close
    #expect(run.give(.readiness([.hangUp, .error, .readHangUp]), at: 3) == nil)
    #expect(run.give(.readiness(.error), at: 4) == nil)
    #expect(run.next == nil)
  }

  /// With the error comes the look that was due: the count of that moment is the new one's beginning.
  @Test func aSecondErrorRenewsTheSuspicion() throws {
    let run = try VirtualRun(ICMPDetector(memory: .seconds(3)))
    run.give(.readiness(.error), at: 100)
    run.socket.info.bytesAcknowledged = 100
    #expect(run.give(.readiness(.error), at: 200)?.leaning == .suspicious)
    #expect(run.run(until: 10_000).map(\.time) == [3200])
  }

  @Test func ourOwnSleepDoesNotEndASuspicion() throws {
    let run = try VirtualRun(ICMPDetector(memory: .seconds(3)))
    run.give(.readiness(.error), at: 100)
    #expect(run.give(.stall(.seconds(10)), at: 10_200) == nil)
    #expect(run.run(until: 20_000).map(\.time) == [13_100])
  }
}
