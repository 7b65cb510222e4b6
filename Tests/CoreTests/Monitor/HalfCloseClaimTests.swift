import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// EPOLLRDHUP comes with the peer's FIN, and with a shutdown(SHUT_RD) of the app: where a half-close is a verdict, it is asked
/// about.
struct HalfCloseClaimTests {
  private let stage: VirtualStage
  private let socket: ScriptedSocket
  private let id: ConnectionID
  private let log = VerdictLog()
  private static let bits: Readiness = [.readable, .readHangUp, .writable]

  init() throws {
    stage = try VirtualStage(.builtIn)
    socket = try #require(stage.sockets.open[1])
    var policy = Policy.fastPath
    policy.halfClose = .halfClosed
    let log = log
    id = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    stage.run(.milliseconds(100))
    #expect(log.events.isEmpty)
    socket.forgetCalls()
  }

  private var challenged: [Ballot] { log.ballots.filter { $0.evidence.challengedBy == ["epoll"] } }

  @Test func aFINIsHalfClosedInTheTurnOfItsEvent() throws {
    let now = stage.machine.now()
    socket.info.state = .closeWait
    stage.machine.report(Self.bits, of: 1)
    stage.monitor.process()
    #expect(log.verdicts == [.halfClosed])
    #expect(log.changes.map(\.time) == [now])
    #expect(challenged.map(\.detector) == ["tcp-info"])
    #expect(challenged.map(\.evidence.isHalfClose) == [true])
    #expect(socket.calls.filter { $0 == .tcpInfo }.count == 1)
    // Then the rest of it.
    socket.info.state = .close
    stage.report([.readable, .readHangUp, .hangUp])
    #expect(log.verdicts.count == 2)
    #expect(log.verdicts.last?.isDead == true)
  }

  @Test func aShutdownOfOurOwnReadingIsNot() throws {
    stage.machine.report(Self.bits, of: 1)
    stage.monitor.process()
    // It was asked about, and the kernel's state says that nothing has ended.
    #expect(log.ballots.contains { $0.detector == "epoll" && $0.evidence.isHalfClose })
    #expect(socket.calls.contains(.tcpInfo))
    #expect(!log.ballots.contains { $0.detector == "tcp-info" && $0.evidence.leaning == .dead })
    stage.run(.seconds(60))
    #expect(log.verdicts == [])
    #expect(stage.monitor.verdict(of: id) == .alive)
  }

  /// The bits stand already when the FIN comes: the next sample finds it.
  @Test func aFINAfterAShutdownOfOurOwnIsFound() throws {
    stage.report(Self.bits)
    stage.run(.seconds(5))
    #expect(log.verdicts == [])
    socket.info.state = .closeWait
    stage.run(.milliseconds(1200))
    #expect(log.verdicts == [.halfClosed])
  }
}
