import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// A half-closed connection may fall silent like any other.
struct HalfClosedSilenceTests {
  private static let policy: Policy = {
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    return policy
  }()

  /// Data in flight from `start` on that nobody acknowledges.
  private func stall(_ info: inout TCPInfo, _ now: Int, from start: Int, to end: Int = .max) {
    guard now >= start else { return }
    info.bytesAcknowledged = now < end ? 100 : 200
    info.unacknowledged = now < end ? 1 : 0
    info.retransmits = now < end ? (now - start) / 300 : 0
    info.backoff = info.retransmits
    info.sinceDataSent = .milliseconds((now - start) % 300)
    info.sinceAcknowledged = .milliseconds(now < end ? now - start : now - end)
  }

  /// CLOSE_WAIT, LAST_ACK and CLOSING; data or our FIN is in flight.
  @Test(arguments: [TCPState.closeWait, .lastAck, .closing])
  func dataInFlightAfterAFINIsJudged(state: TCPState) throws {
    let run = try VirtualRun(
      TCPInfoDetector(suspectAfter: .milliseconds(200), deadAfter: .seconds(1), attempts: 2))
    let said = run.run(until: 10_000) { now in
      run.socket.info.state = now < 2000 ? .established : state
      stall(&run.socket.info, now, from: 3000, to: 6000)
    }
    // The FIN, the death in its place, and the FIN again once that is taken back.
    #expect(said.map(\.evidence.isHalfClose) == [true, false, true])
    #expect(said.map(\.evidence.leaning) == [.dead, .dead, .dead])
    #expect(said.map(\.evidence.isConclusive) == [true, false, true])
    #expect(said.map(\.evidence.cause) == [.peerClosed, .pathSilent, .peerClosed])
    #expect((4000...4400).contains(said[1].time))
  }

  @Test func ourOwnFINInFlightIsJudged() throws {
    let run = try VirtualRun(
      TCPInfoDetector(suspectAfter: .milliseconds(200), deadAfter: .seconds(1), attempts: 2))
    let said = run.run(until: 10_000) { now in
      run.socket.info.state = now < 3000 ? .established : .finWait1
      stall(&run.socket.info, now, from: 3000)
    }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
  }

  /// In flight or idle, by the vote of a whole policy.
  @Test(arguments: [true, false])
  func aHalfClosedConnectionThatFallsSilentIsDead(isInFlight: Bool) throws {
    let stage = try VirtualStage(.builtIn)
    let socket = try #require(stage.sockets.open[1])
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: Self.policy) { log.take($0) }
    stage.run(.milliseconds(100))
    socket.info.state = .closeWait
    stage.report([.readable, .readHangUp, .writable])
    #expect(log.verdicts == [.halfClosed])
    for now in stride(from: 0, through: 5000, by: 20) {
      if isInFlight {
        stall(&socket.info, now, from: 0)
      } else {
        socket.info.sinceAcknowledged = .milliseconds(now)
        socket.info.sinceDataReceived = .milliseconds(now)
        socket.info.probes = now >= 1000 ? (now - 1000) / 125 + 1 : 0
      }
      stage.run(.milliseconds(20))
    }
    #expect(log.verdicts == [.halfClosed, .dead(.pathSilent)])
    let times = log.changes.map(\.time)
    #expect(times[1] - times[0] < .milliseconds(4200))
  }
}
