import Flatline
import FlatlineTestKit
import Testing

/// ICMP errors over time, under a clock of the test's own.
struct ICMPDetectorTests {
  /// A socket of IPv4 has only the first; a kernel may have neither.
  @Test func bothOptionsAreHeldAndNeitherIsRequired() {
    let options = ICMPDetector().needs.options
    #expect(options.map(\.option) == [.receivesErrors, .receivesErrors6])
    #expect(options.allSatisfy { $0.value == 1 && $0.condition == .always && !$0.isRequired })
  }

  @Test func anErrorWithoutAnEndIsSuspiciousForAWhile() throws {
    let run = try LookRun(ICMPDetector(memory: .seconds(3)))
    #expect(run.deadline == nil)
    let evidence = run.look(at: 100, readiness: .error)
    #expect(evidence?.leaning == .suspicious)
    #expect(evidence?.cause == .hostUnreachable)
    #expect(evidence?.layer == .path)
    #expect(evidence?.isConclusive == false)
    #expect(evidence?.lifetime == .seconds(3))
    let said = run.run(until: 10_000)
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect(said.first?.time == 3100)
    #expect(run.deadline == nil)
  }

  @Test func isTakenBackWhenThePeerIsHeard() throws {
    let run = try LookRun(ICMPDetector(memory: .seconds(3)))
    run.look(at: 100, readiness: .error)
    let said = run.run(until: 10_000) { now in run.socket.info.bytesAcknowledged = now > 700 ? 100 : 0 }
    #expect(said.map(\.evidence.leaning) == [.abstaining])
    #expect((700...900).contains(said.first?.time ?? 0))
  }

  @Test func whatIsNoSoftErrorIsNotItsBusiness() throws {
    let run = try LookRun(ICMPDetector())
    // An error nobody has taken yet shows with every later event.
    #expect(run.look(at: 1, readiness: [.readable, .error]) == nil)
    #expect(run.look(at: 2, readiness: [.writable]) == nil)
    run.socket.info.state = .close
    #expect(run.look(at: 3, readiness: [.hangUp, .error, .readHangUp]) == nil)
    #expect(run.look(at: 4, readiness: .error) == nil)
    #expect(run.deadline == nil)
  }

  /// With the error comes the look that was due: the count of that moment is the new one's beginning.
  @Test func aSecondErrorRenewsTheSuspicion() throws {
    let run = try LookRun(ICMPDetector(memory: .seconds(3)))
    run.look(at: 100, readiness: .error)
    run.socket.info.bytesAcknowledged = 100
    #expect(run.look(at: 200, readiness: .error)?.leaning == .suspicious)
    #expect(run.run(until: 10_000).map(\.time) == [3200])
  }

  @Test func ourOwnSleepDoesNotEndASuspicion() throws {
    let run = try LookRun(ICMPDetector(memory: .seconds(3)))
    run.look(at: 100, readiness: .error)
    #expect(run.stall(.seconds(10), until: 10_200) == nil)
    #expect(run.run(until: 20_000).map(\.time) == [13_100])
  }
}
