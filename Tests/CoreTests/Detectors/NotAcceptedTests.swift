import Flatline
import FlatlineTestKit
import Testing

/// The first data of a connection that the server has not accepted: its accept queue is full, and its kernel drops it.
struct NotAcceptedTests {
  private let detector = TCPInfoDetector(
    suspectAfter: .milliseconds(100), deadAfter: .milliseconds(1000), attempts: 2, retransmitCap: .seconds(1))

  /// First data at 0; its SYN-ACK again at some moments.
  private func waiting(at now: Int, repeated: [Int], acceptedAt: Int = .max) -> TCPInfo {
    var info = TCPInfo(state: .established)
    let attempts = ([200, 600, 1400] + Array(stride(from: 2400, to: 200_000, by: 1000))).filter { $0 <= now }
    info.bytesAcknowledged = now >= acceptedAt ? 6 : 1
    info.segmentsReceived = UInt32(1 + repeated.filter { $0 <= now }.count)
    info.sinceDataReceived = .milliseconds(now + 1000)
    info.sinceAcknowledged = .milliseconds(now + 1000)
    info.sinceDataSent = .milliseconds(now - (attempts.last ?? 0))
    guard now < acceptedAt else { return info }
    info.unacknowledged = 1
    info.retransmits = min(attempts.count, 200)
    info.backoff = min(attempts.count, 200)
    return info
  }

  @Test func aServerThatAcceptsLateIsSuspectAtMost() throws {
    for repeated in [[], [1000, 3000, 7000]] {
      let run = try VirtualRun(detector, on: ScriptedSocket(waiting(at: 0, repeated: repeated)))
      let said = run.run(until: 15_000) {
        run.socket.info = waiting(at: $0, repeated: repeated, acceptedAt: 8000)
      }
      #expect(said.contains { $0.evidence.leaning == .suspicious })
      #expect(!said.contains { $0.evidence.leaning == .dead })
      #expect(said.contains { $0.evidence.cause == .stalled } == !repeated.isEmpty)
      #expect((said.last?.evidence.leaning ?? .dead) <= .alive)
    }
  }

  /// While its SYN-ACKs come in, at distances that double.
  @Test func aServerThatIsHeardIsNeverDead() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 70_000) {
      run.socket.info = waiting(at: $0, repeated: [1000, 3000, 7000, 15_000, 31_000, 63_000])
    }
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect(said.last?.evidence.cause == .stalled)
  }

  @Test func oneThatIsNeverHeardIsASilentPath() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 15_000) { run.socket.info = waiting(at: $0, repeated: []) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect((10_000...10_500).contains(death.time))
    #expect(death.evidence.cause == .pathSilent)
  }

  /// Once anything was acknowledged, the usual time counts.
  @Test func anAcceptedConnectionHasTheUsualTime() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 15_000) {
      run.socket.info = waiting(at: $0, repeated: [])
      run.socket.info.bytesAcknowledged = 2
    }
    #expect(said.first { $0.evidence.leaning == .dead }.map { $0.time <= 1600 } == true)
  }

  @Test(arguments: [([], 10_000...10_600), ([1000, 3000, 7000], 16_000...16_600)])
  func aHeartbeatWaitsToo(repeated: [Int], dies: ClosedRange<Int>) throws {
    let beat = HeartbeatDetector(interval: .milliseconds(150), estimator: .fixed(misses: 6))
    let run = try VirtualRun(beat, pinger: AppPinger { .sent })
    let said = run.run(until: 20_000) { run.socket.info = waiting(at: $0, repeated: repeated) }
    let death = try #require(said.first { $0.evidence.leaning == .dead })
    #expect(dies.contains(death.time))
  }
}
